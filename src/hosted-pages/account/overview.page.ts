import { linkButton } from '../../platform/http/html/buttons.js';
import { badge, card, items, stack } from '../../platform/http/html/listings.js';
import { html, type Markup, type Part } from '../../platform/http/html/markup.js';
import { avatar } from '../../platform/http/html/people.js';
import { Me } from '../../me/me.service.js';
import type { AccountPath } from './account-addresses.js';
import { type AccountPage, type AccountVisit, identifierOf } from './account-page.js';
import { GrantedApplications } from '../../oidc/granted-applications.service.js';
import { pictureOf } from './picture.js';

export const overviewPage: AccountPage = {
  path: 'account',
  section: 'overview',
  content: async (account) => {
    const { services, visit, holder, words } = account;
    const { overview } = words;
    const sessions = await services.get(Me).listSessions(holder.actor, { limit: 50 });
    const applications = await services.get(GrantedApplications).mine(holder.actor, { limit: 50 });
    const entry = entryOf(account);
    return {
      title: overview.title,
      lead: overview.lead(visit.organization.name),
      content: stack(
        html`<section class="card">${person(account)}</section>`,
        card({
          title: overview.yours,
          content: items([
            entry('account/profile', words.sections.profile, overview.profileText),
            entry('account/email', words.sections.email, emailState(account)),
            entry('account/data', words.sections.data, overview.dataText),
          ]),
        }),
        card({
          title: overview.security,
          content: items([
            entry('account/password', words.sections.password, passwordState(account)),
            entry(
              'account/sessions',
              words.sections.sessions,
              overview.devices(sessions.items.length, sessions.nextCursor !== null),
            ),
            entry(
              'account/applications',
              words.sections.applications,
              overview.applications(applications.items.length, applications.nextCursor !== null),
            ),
            entry('account/linked-accounts', words.sections.linkedAccounts, overview.linkedAccountsText),
            entry('account/activity', words.sections.activity, overview.activityText),
          ]),
        }),
      ),
    };
  },
};

function person(account: AccountVisit): Markup {
  const { holder, words, moments } = account;
  const { displayName, fullName } = holder.profile;
  const identifier = identifierOf(holder);
  const name = displayName ?? fullName;
  return html`<div class="beside">
    ${avatar({ name, identifier, picture: pictureOf(holder) }, 'large')}
    <div>
      <h2 dir="auto">${name ?? identifier}</h2>
      ${name === null ? null : html`<p class="muted" dir="auto">${identifier}</p>`}
      <p class="muted small">${sentence(words.overview.memberSince, moments.date(holder.createdAt))}</p>
    </div>
  </div>`;
}

/** A sentence with a time in it, which stays the element that it is. */
function sentence(write: (gap: string) => string, element: Markup): Markup {
  const gap = '\u0000';
  const [before = '', after = ''] = write(gap).split(gap);
  return html`${before}${element}${after}`;
}

function entryOf({ words, addresses }: AccountVisit) {
  return (path: AccountPath, label: string, text: Part) => ({
    content: html`<h3>${label}</h3>
      <p class="muted">${text}</p>`,
    action: linkButton({
      href: addresses.to(path),
      label: words.overview.manage,
      spoken: words.overview.manageSpoken(label),
      look: 'secondary',
      isCompact: true,
    }),
  });
}

function emailState({ holder, words: { email, overview } }: AccountVisit): Part {
  if (holder.email === null) return overview.noEmail;
  const state = holder.isEmailVerified ? badge(email.verified, 'good') : badge(email.unverified, 'warning');
  const pending = holder.pendingEmail === null ? null : badge(overview.pendingEmail, 'warning');
  return html`<span dir="auto">${holder.email}</span> ${state} ${pending}`;
}

function passwordState({ holder, words: { overview }, moments }: AccountVisit): Part {
  if (!holder.hasPassword) return overview.noPassword;
  if (holder.passwordChangedAt === null) return null;
  return html`${overview.passwordChanged} ${moments.date(holder.passwordChangedAt)}`;
}
