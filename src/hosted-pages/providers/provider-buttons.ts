import { divider, linkButton, stackedActions } from '../../platform/http/html/buttons.js';
import { html, type Markup } from '../../platform/http/html/markup.js';
import type { IconName } from '../../platform/http/html/icons.js';
import type { ProviderButton } from '../../providers/providers.service.js';
import { type Destination, destinationFields, type SignInVisit } from '../sign-in/sign-in-visit.js';
import { providerWordingOf } from '../wording/provider-wordings.js';

const icons: Readonly<Record<string, IconName>> = {
  google: 'g',
  github: 'fork',
  microsoft: 'squares',
  organization: 'users',
  school: 'users',
  shield: 'shield',
};

/** The icon of a provider, among those that pages have. */
export const providerIconOf = (name: string): IconName => icons[name] ?? 'key';

/** The providers that somebody can come by, below the form; nothing where there are none. */
export function providerButtons(
  { visit, words, addresses }: SignInVisit,
  destination: Destination,
  providers: readonly ProviderButton[],
  more: Readonly<Record<string, string>> = {},
): Markup | null {
  if (providers.length === 0) return null;
  const say = providerWordingOf(visit.wording.shell.language);
  const fields = { ...destinationFields(destination), ...more };
  return html`${divider(words.signIn.or)}
  ${stackedActions(
    ...providers.map(({ name, displayName, icon }) =>
      linkButton({
        label: say.with(displayName),
        href: addresses.to(`providers/${name}/start`, fields),
        look: 'secondary',
        icon: providerIconOf(icon),
      }),
    ),
  )}`;
}
