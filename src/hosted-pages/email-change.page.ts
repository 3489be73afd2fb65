import { MyEmail } from '../me/my-email.service.js';
import { clickContent, doneContent } from './click-page.js';
import type { Services } from './hosted-page.js';
import type { TokenPage } from './token-page.js';

export const emailChangePage = (services: Services): TokenPage => ({
  tokenType: 'email_change',
  path: 'email-change',
  ask: (visit) => clickContent(visit, 'mail', visit.wording.emailChange),
  act: async ({ visitor, organization, token, wording: { emailChange } }) => {
    await services.get(MyEmail).confirm(visitor, token);
    return doneContent(emailChange.doneTitle, emailChange.doneText(organization.name));
  },
});
