import { PasswordReset } from '../account-recovery/password-reset.service.js';
import { passwordField } from '../platform/http/html/form.js';
import type { PageContent } from '../platform/http/html/page.js';
import { raiseInvalid } from '../platform/problems/problems.js';
import { ResetStep } from '../sign-in-flow/steps/reset.service.js';
import { doneAndOn } from './click-page.js';
import { flawOf } from './problem-wording.js';
import type { Services } from './hosted-page.js';
import { signInVisitOf } from './sign-in/sign-in-visit.js';
import { type TokenPage, tokenForm } from './token-page.js';
import type { Visit } from './visit.js';

export const passwordResetPage = (services: Services): TokenPage => ({
  tokenType: 'password_reset',
  path: 'password-reset',
  ask: (visit) => passwordForm(visit, null),
  act: async (visit) => {
    const { visitor, organization, token, typed, wording } = visit;
    const { doneTitle, doneText } = wording.passwordReset;
    const password = requirePassword(typed('password'));
    await services.get(PasswordReset).confirm(visitor, organization.slug, token, password);
    const { traveller, words, addresses } = signInVisitOf(services, visit);
    // Where this browser has asked for the mail, it goes on to where it was going.
    const flow = await services.get(ResetStep).leaveMail(traveller);
    const href = addresses.to('sign-in', flow === null ? {} : { flow: flow.id });
    return doneAndOn(doneTitle, [doneText(organization.name)], { label: words.signIn.button, href });
  },
  askAgain: (visit, problem) => {
    const flaw = flawOf(problem, '/password', visit.wording);
    return flaw === null ? null : passwordForm(visit, flaw);
  },
});

/** What the API refuses before any service sees it. @throws Problem `invalid_request` */
export function requirePassword(password: string): string {
  const length = [...password].length;
  if (length === 0) raiseInvalid([{ pointer: '/password', detail: 'must be there' }]);
  if (length > 256) raiseInvalid([{ pointer: '/password', detail: 'must have at most 256 characters' }]);
  return password;
}

function passwordForm(visit: Visit, error: string | null): PageContent {
  const { passwordReset, fields } = visit.wording;
  const password = passwordField({
    name: 'password',
    label: fields.newPassword,
    autocomplete: 'new-password',
    hint: fields.passwordHint,
    error,
  });
  return {
    title: passwordReset.title,
    lead: passwordReset.text(visit.organization.name),
    flaws: error === null ? [] : [{ name: 'password', text: error }],
    content: tokenForm(visit, password, passwordReset.button),
  };
}
