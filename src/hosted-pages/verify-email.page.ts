import { EmailVerification } from '../account-recovery/email-verification.service.js';
import { clickContent, doneContent } from './click-page.js';
import type { Services } from './hosted-page.js';
import type { TokenPage } from './token-page.js';

export const verifyEmailPage = (services: Services): TokenPage => ({
  tokenType: 'email_verification',
  path: 'verify-email',
  ask: (visit) => clickContent(visit, 'mail', visit.wording.verifyEmail),
  act: async ({ visitor, organization, token, wording: { verifyEmail } }) => {
    await services.get(EmailVerification).confirm(visitor, organization.slug, token);
    return doneContent(verifyEmail.doneTitle, verifyEmail.doneText(organization.name));
  },
});
