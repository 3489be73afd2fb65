import { Problem } from '../platform/problems/problem.js';
import { emailDomainNotAllowedProblem, registrationClosed } from './sign-up.problems.js';

export interface RegistrationRules {
  readonly mode: 'closed' | 'invitation' | 'open';
  /** Empty: any. */
  readonly domains: readonly string[];
  readonly firstUserRole: string | null;
  readonly defaultRole: string | null;
}

/**
 * Whether somebody with this address may sign up.
 *
 * @param email in its canonical form
 * @throws Problem `registration_closed`, `email_domain_not_allowed`
 */
export function requireRegistrable({ mode, domains }: RegistrationRules, email: string | null): void {
  if (mode !== 'open') throw new Problem(registrationClosed);
  if (domains.length === 0) return;
  if (email === null) throw emailDomainNotAllowedProblem('must be there, with an allowed domain');
  // The whole domain: a rule for acme.example says nothing of evil-acme.example or of a subdomain.
  if (!domains.includes(email.slice(email.indexOf('@') + 1)))
    throw emailDomainNotAllowedProblem('must have an allowed domain');
}
