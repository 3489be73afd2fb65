import { doneContent } from '../click-page.js';
import { type HostedPage, redirectTo, type Services, show } from '../hosted-page.js';
import { AccountAddresses } from './account-addresses.js';
import { readNotice } from './account-notices.js';
import { accountWordingOf } from './wording/account-wordings.js';

/** What whoever has just left is told. For everybody else there is nothing here. */
export const goodbyePage = (services: Services): HostedPage => ({
  path: 'account/goodbye',
  get: (visit) => {
    const code = readNotice(services, visit);
    const { deactivation, deletion } = accountWordingOf(visit.wording.shell.language);
    if (code !== 'deactivated' && code !== 'deleted')
      return redirectTo(new AccountAddresses(services, visit, null).to('account'));
    const { doneTitle, doneText } = code === 'deleted' ? deletion : deactivation;
    return show(doneContent(doneTitle, doneText(visit.organization.name)));
  },
});
