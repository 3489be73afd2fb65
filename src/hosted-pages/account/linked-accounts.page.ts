import { icon } from '../../platform/http/html/icons.js';
import { card } from '../../platform/http/html/listings.js';
import { html } from '../../platform/http/html/markup.js';
import type { AccountPage } from './account-page.js';

/** Accounts elsewhere that somebody can sign in with here. */
export const linkedAccountsPage: AccountPage = {
  path: 'account/linked-accounts',
  section: 'linkedAccounts',
  content: ({ words }) => ({
    title: words.sections.linkedAccounts,
    lead: words.linkedAccounts.lead,
    content: card({
      title: words.sections.linkedAccounts,
      content: html`<div class="beside">
        <span class="avatar" aria-hidden="true">${icon('link')}</span>
        <p class="muted">${words.linkedAccounts.none}</p>
      </div>`,
    }),
  }),
};
