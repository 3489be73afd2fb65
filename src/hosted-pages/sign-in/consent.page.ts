import { actions, button } from '../../platform/http/html/buttons.js';
import { hidden } from '../../platform/http/html/form.js';
import { ticks } from '../../platform/http/html/listings.js';
import { html, type Markup } from '../../platform/http/html/markup.js';
import type { PageContent } from '../../platform/http/html/page.js';
import { identity, parties } from '../../platform/http/html/people.js';
import { PublicAddresses } from '../../platform/http/public-addresses.js';
import {
  type AskedResource,
  type Interaction,
  OidcInteractions,
} from '../../oidc/oidc-interactions.service.js';
import { accountHolderOf } from '../account/account-holder.js';
import { type HostedPage, type PageAnswer, redirectTo, type Services, show } from '../hosted-page.js';
import { formOf } from '../visit.js';
import { over } from './going-on.js';
import { currentActor, findInteraction, signInVisitOf, type SignInVisit } from './sign-in-visit.js';

/** Where somebody says whether an application gets what it asks for. */
export const consentPage = (services: Services): HostedPage => ({
  path: 'consent',
  localeOf: async (visit) =>
    (await findInteraction(signInVisitOf(services, visit), visit.asked('interaction')))?.uiLocales ?? null,
  get: async (visit) => {
    const context = signInVisitOf(services, visit);
    const interaction = await findInteraction(context, visit.asked('interaction'));
    const actor = await currentActor(context);
    if (interaction === null) return over(context);
    if (interaction.prompt !== 'consent' || actor === null)
      return redirectTo(context.addresses.to('sign-in', { interaction: interaction.uid }));
    return actor.credentialId === interaction.sessionId
      ? show(await askForConsent(context, interaction))
      : over(context);
  },
  post: (visit) => decide(signInVisitOf(services, visit)),
});

async function decide(context: SignInVisit): Promise<PageAnswer> {
  const { visit, services, traveller } = context;
  const actor = await currentActor(context);
  if (actor === null) return over(context);
  const address = await services
    .get(OidcInteractions)
    .finishConsent(
      visit.organization,
      { uid: visit.typed('interaction'), browser: traveller.browser },
      { id: actor.credentialId, userId: actor.userId },
      visit.typed('decision') === 'allow' ? 'granted' : 'denied',
      visit.visitor,
    );
  return address === null ? over(context) : redirectTo(address);
}

async function askForConsent(context: SignInVisit, interaction: Interaction): Promise<PageContent> {
  const { services, visit, words } = context;
  const { consent } = words;
  const { application, uid, redirectUri } = interaction;
  const { name } = visit.organization;
  const holder = await accountHolderOf(services, visit);
  const person = holder && {
    name: holder.profile.displayName ?? holder.profile.fullName,
    identifier: holder.email ?? holder.username ?? '',
  };
  return {
    title: consent.title(application.name),
    lead: consent.lead(application.name, name),
    layout: 'roomy',
    leadsTo: redirectUri === null ? [] : [redirectUri],
    content: html`${parties({ name: application.name, logo: ownImage(context, application.logoUrl) }, { name, logo: null })}
      ${person && identity(person)} ${ticks(scopeTexts(context, interaction).map((text) => ({ text })))}
      ${interaction.resources.map((resource) => askedOf(context, resource))}
      <p class="muted small">${consent.ownWords(application.name)} ${consent.takeBack}</p>
      ${formOf(visit, {
        action: context.addresses.at('consent', { interaction: uid }),
        content: hidden('interaction', uid),
        button: actions(
          button({ label: consent.allow, name: 'decision', value: 'allow' }),
          button({ label: consent.deny, name: 'decision', value: 'deny', look: 'secondary' }),
        ),
      })}
      ${linksOf(context, application)}`,
  };
}

function scopeTexts({ visit, words: { consent } }: SignInVisit, { scopes, claims }: Interaction): string[] {
  const { language } = visit.wording.shell;
  const texts: Readonly<Record<string, string>> = {
    openid: consent.signIn,
    profile: consent.profile,
    email: consent.email,
    phone: consent.phone,
    address: consent.address,
    offline_access: consent.offline,
    organization: consent.organization,
    roles: consent.roles,
    permissions: consent.permissions,
  };
  const ofScopes = scopes.map(
    ({ name, descriptions }) =>
      descriptions[language] ?? descriptions['en'] ?? (Object.hasOwn(texts, name) ? texts[name]! : name),
  );
  return claims.length === 0 ? ofScopes : [...ofScopes, consent.claims(claims.join(', '))];
}

function askedOf({ words: { consent } }: SignInVisit, { name, isSystem, scopes }: AskedResource): Markup {
  return html`<section class="stack">
    <h2>${isSystem ? consent.ownApi : consent.api(name)}</h2>
    ${ticks(
      scopes.map((scope) => ({
        text: scope.description ?? (isSystem ? consent.permission(scope.name) : scope.name),
        about: scope.description === null ? null : scope.name,
      })),
      'key',
    )}
  </section>`;
}

/** Pages load images from this very host only, whichever of its names that is. */
function ownImage({ services }: SignInVisit, address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return null;
  const { origin, pathname } = new URL(address);
  return origin === services.get(PublicAddresses).origin ? pathname : null;
}

function linksOf(
  { words: { consent } }: SignInVisit,
  { clientUri, policyUri, tosUri }: Interaction['application'],
): Markup | null {
  const links = [
    [clientUri, consent.website],
    [policyUri, consent.privacy],
    [tosUri, consent.terms],
  ] as const;
  const shown = links.flatMap(([href, label]) =>
    href === null ? [] : [html`<a href="${href}" rel="noreferrer noopener nofollow">${label}</a>`],
  );
  return shown.length === 0 ? null : html`<p class="below row">${shown}</p>`;
}
