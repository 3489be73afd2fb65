import { EmailVerification } from '../account-recovery/email-verification.service.js';
import { SignInFlows } from '../sign-in-flow/sign-in-flows.service.js';
import { VerificationStep } from '../sign-in-flow/steps/verification.service.js';
import { clickContent, doneAndOn, doneContent } from './click-page.js';
import type { Services } from './hosted-page.js';
import { arrivalOf } from './sign-in/going-on.js';
import { currentActor, signInVisitOf } from './sign-in/sign-in-visit.js';
import type { TokenPage } from './token-page.js';

export const verifyEmailPage = (services: Services): TokenPage => ({
  tokenType: 'email_verification',
  path: 'verify-email',
  ask: (visit) => clickContent(visit, 'mail', visit.wording.verifyEmail),
  act: async (visit) => {
    const { visitor, organization, token, wording } = visit;
    const { doneTitle, doneText } = wording.verifyEmail;
    await services.get(EmailVerification).confirm(visitor, organization.slug, token);
    const context = signInVisitOf(services, visit);
    // In the browser that waits for this very address, what it was waiting for goes on.
    const waiting = await services.get(SignInFlows).latest(context.traveller, 'verification');
    const result = waiting && (await services.get(VerificationStep).goOn(context.traveller, waiting));
    const line = doneText(organization.name);
    if (result?.kind === 'finished') {
      const href = await arrivalOf(context, result.flow, result.signedIn);
      const label = context.words.protocol.continueButton;
      return href === null ? doneContent(doneTitle, line) : doneAndOn(doneTitle, [line], { label, href });
    }
    if ((await currentActor(context)) !== null) return doneContent(doneTitle, line);
    const next = { label: context.words.signIn.button, href: context.addresses.to('sign-in') };
    return doneAndOn(doneTitle, [line], next);
  },
});
