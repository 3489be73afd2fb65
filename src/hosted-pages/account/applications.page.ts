import { GrantedApplications } from '../../oidc/granted-applications.service.js';
import type { GrantedApplicationView } from '../../oidc/granted-application.view.js';
import { Database } from '../../platform/database/database.js';
import { button } from '../../platform/http/html/buttons.js';
import { hidden } from '../../platform/http/html/form.js';
import { badge, stack, ticks } from '../../platform/http/html/listings.js';
import { html, type Markup } from '../../platform/http/html/markup.js';
import { avatar } from '../../platform/http/html/people.js';
import { notFound } from '../../platform/problems/problems.js';
import { Scopes } from '../../scopes/scopes.service.js';
import type { ScopeCatalogue } from '../../scopes/scopes.types.js';
import { actionForm } from './account-forms.js';
import type { AccountPage, AccountVisit } from './account-page.js';
import { olderLink } from './older-link.js';
import { pathOfImage } from './picture.js';

const path = 'account/applications';

export const applicationsPage: AccountPage = {
  path,
  section: 'applications',
  content: async (account) => {
    const { services, visit, holder, words } = account;
    const cursor = visit.asked('older');
    const page = await services
      .get(GrantedApplications)
      .mine(holder.actor, { limit: 20, ...(cursor !== '' && { cursor }) });
    const catalogue = await services
      .get(Database)
      .forOrganization(visit.organization.id, (tx) => services.get(Scopes).read(tx));
    return {
      title: words.sections.applications,
      lead: words.applications.lead(visit.organization.name),
      content: stack(
        page.items.map((application) => applicationCard(account, application, catalogue)),
        page.items.length === 0
          ? html`<section class="card"><p class="muted">${words.applications.none}</p></section>`
          : null,
        olderLink(account, path, 'older', page.nextCursor),
      ),
    };
  },
  forms: {
    revoke: {
      act: async ({ services, visit, holder }) => {
        await services.get(GrantedApplications).revokeMine(holder.actor, visit.typed('application'));
        return { notice: 'applicationRevoked' };
      },
      judge: ({ words }, { kind }) => (kind === notFound ? words.flaws.gone : null),
    },
  },
};

function applicationCard(
  account: AccountVisit,
  application: GrantedApplicationView,
  catalogue: ScopeCatalogue,
): Markup {
  const { visit, words, moments } = account;
  const { name, logoUrl, allowedAt } = application;
  const own = application.firstParty ? badge(words.applications.firstParty(visit.organization.name)) : null;
  return html`<section class="card">
    <div class="beside">
      ${avatar({ name, identifier: name, picture: pathOfImage(logoUrl) })}
      <div>
        <h2><span dir="auto">${name}</span> ${own}</h2>
        <p class="muted small">${words.applications.since} ${moments.date(allowedAt)}</p>
      </div>
    </div>
    ${ticks(whatItMay(account, application, catalogue))}
    ${actionForm(account, path, 'revoke', {
      content: hidden('application', application.id),
      button: button({
        label: words.applications.revoke,
        spoken: words.applications.revokeSpoken(name),
        look: 'secondary',
        isCompact: true,
      }),
    })}
  </section>`;
}

interface Allowance {
  readonly text: string;
  readonly about?: string;
}

/** First what it may know, then what it may do at which API. */
function whatItMay(
  { visit, words: { applications } }: AccountVisit,
  { scopes, resources }: GrantedApplicationView,
  catalogue: ScopeCatalogue,
): Allowance[] {
  const { language } = visit.wording.shell;
  const known = scopes.flatMap((name): Allowance[] => {
    if (name === 'openid') return [];
    const descriptions = catalogue.scopes.find((scope) => scope.name === name)?.descriptions ?? {};
    const standard = Object.hasOwn(applications.scopes, name) ? applications.scopes[name] : undefined;
    return [{ text: standard ?? descriptions[language] ?? descriptions['en'] ?? name }];
  });
  const atApis = resources.map(({ identifier, scopes: names }): Allowance => {
    const api = catalogue.resources.find((resource) => resource.identifier === identifier);
    const described = names.map(
      (name) => api?.scopes.find((scope) => scope.name === name)?.description ?? name,
    );
    const text = api?.isSystem ? applications.ownApi(visit.organization.name) : (api?.name ?? identifier);
    return { text, about: described.join(' · ') };
  });
  const all = [...known, ...atApis];
  return all.length > 0 ? all : [{ text: applications.signInOnly }];
}
