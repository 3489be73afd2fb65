import { actions, linkButton } from '../../platform/http/html/buttons.js';
import { card } from '../../platform/http/html/listings.js';
import type { Markup } from '../../platform/http/html/markup.js';
import type { AccountVisit } from './account-page.js';

/** A form that asks for the current password; whoever has none yet is led to where one is set. */
export function withPassword({ holder, words, addresses }: AccountVisit, form: () => Markup): Markup {
  if (holder.hasPassword) return form();
  return card({
    title: words.password.noneTitle,
    text: words.email.needsPassword,
    content: actions(linkButton({ href: addresses.to('account/password'), label: words.sections.password })),
  });
}
