import { lastSignInMethod } from '../../accounts/accounts.problems.js';
import { LinkedAccounts } from '../../accounts/linked-accounts.service.js';
import { Database } from '../../platform/database/database.js';
import { actions, button, linkButton } from '../../platform/http/html/buttons.js';
import { hidden } from '../../platform/http/html/form.js';
import { icon } from '../../platform/http/html/icons.js';
import { badge, card, items, stack } from '../../platform/http/html/listings.js';
import { html, type Markup, type Part } from '../../platform/http/html/markup.js';
import { notFound } from '../../platform/problems/problems.js';
import { type ProviderButton, Providers } from '../../providers/providers.service.js';
import { RecentAuthentication } from '../../recent-authentication/recent-authentication.service.js';
import { providerIconOf } from '../providers/provider-buttons.js';
import { formOf } from '../visit.js';
import { actionForm } from './account-forms.js';
import type { AccountPage, AccountVisit } from './account-page.js';
import { olderLink } from './older-link.js';

const path = 'account/linked-accounts';

type LinkedAccount = Awaited<ReturnType<LinkedAccounts['mine']>>['items'][number];

/** Accounts elsewhere that somebody can sign in with here. */
export const linkedAccountsPage: AccountPage = {
  path,
  section: 'linkedAccounts',
  content: async (account) => {
    const { services, visit, holder, words } = account;
    const cursor = visit.asked('older');
    const page = await services
      .get(LinkedAccounts)
      .mine(holder.actor, { limit: 20, ...(cursor !== '' && { cursor }) });
    const providers = await services
      .get(Database)
      .forOrganization(visit.organization.id, (tx) => services.get(Providers).buttonsOf(tx));
    const isRecent = await services.get(RecentAuthentication).isRecent(holder.actor);
    return {
      title: words.sections.linkedAccounts,
      lead: words.linkedAccounts.lead,
      content: stack(
        card({
          title: words.sections.linkedAccounts,
          content: html`${
            page.items.length === 0
              ? html`<p class="muted">${words.linkedAccounts.none}</p>`
              : items(page.items.map((linked) => withUnlink(account, linked, isRecent)))
          }
          ${olderLink(account, path, 'older', page.nextCursor)}`,
        }),
        isRecent ? null : proveFirst(account),
        isRecent && providers.length > 0 ? linkCard(account, providers) : null,
      ),
    };
  },
  forms: {
    unlink: {
      isSensitive: true,
      act: async ({ services, visit, holder }) => {
        await services.get(LinkedAccounts).unlinkMine(holder.actor, visit.typed('account'));
        return { notice: 'accountUnlinked' };
      },
      judge: ({ words }, { kind }) => {
        if (kind === lastSignInMethod) return words.linkedAccounts.lastWay;
        return kind === notFound ? words.flaws.gone : null;
      },
    },
  },
};

function withUnlink(
  account: AccountVisit,
  linked: LinkedAccount,
  isRecent: boolean,
): { content: Part; action?: Part } {
  const { words } = account;
  const content = about(account, linked);
  if (!isRecent) return { content };
  const end = actionForm(account, path, 'unlink', {
    content: hidden('account', linked.id),
    button: button({
      label: words.linkedAccounts.unlink,
      spoken: words.linkedAccounts.unlinkSpoken(linked.provider.displayName, nameOf(linked)),
      look: 'secondary',
      isCompact: true,
    }),
    isInline: true,
  });
  return { content, action: end };
}

function about({ words, moments }: AccountVisit, linked: LinkedAccount): Markup {
  const { provider, linkedAt, lastUsedAt } = linked;
  return html`<div class="beside">
    <span class="avatar" aria-hidden="true">${icon(providerIconOf(provider.icon))}</span>
    <div>
      <p>
        <strong dir="auto">${provider.displayName}</strong>
        ${provider.enabled ? null : badge(words.linkedAccounts.switchedOff)}
      </p>
      <p class="muted small" dir="auto">${nameOf(linked)}</p>
      <p class="muted small">
        ${words.linkedAccounts.linkedSince} ${moments.date(linkedAt)} · ${words.linkedAccounts.lastUsed}
        ${moments.time(lastUsedAt)}
      </p>
    </div>
  </div>`;
}

/** What the person knows it by; the subject where the provider has said nothing that people read. */
const nameOf = ({ email, name, subject }: LinkedAccount): string => email ?? name ?? subject;

function proveFirst({ words, addresses }: AccountVisit): Markup {
  return card({
    title: words.linkedAccounts.linkTitle,
    text: words.linkedAccounts.proveFirst,
    content: actions(
      linkButton({ href: addresses.signIn(path, 'reauthentication'), label: words.linkedAccounts.prove }),
    ),
  });
}

function linkCard({ visit, words, addresses }: AccountVisit, providers: readonly ProviderButton[]): Markup {
  return card({
    title: words.linkedAccounts.linkTitle,
    text: words.linkedAccounts.linkText,
    content: actions(
      ...providers.map(({ name, displayName }) =>
        formOf(visit, {
          action: addresses.at(`providers/${name}/link`),
          button: button({ label: words.linkedAccounts.link(displayName), look: 'secondary' }),
          isInline: true,
        }),
      ),
    ),
  });
}
