import { describe, expect, it } from '@jest/globals';
import { Problem } from '../platform/problems/problem.js';
import { type RegistrationRules, requireRegistrable } from './sign-up.rules.js';

const open: RegistrationRules = { mode: 'open', domains: [], firstUserRole: null, defaultRole: 'member' };
const ours: RegistrationRules = { ...open, domains: ['acme.example', 'acme.test'] };

function refusalOf(rules: RegistrationRules, email: string | null): string | null {
  try {
    requireRegistrable(rules, email);
    return null;
  } catch (error) {
    return (error as Problem).kind.code;
  }
}

describe('Registration', () => {
  it.each([
    [{ ...open, mode: 'closed' as const }, 'max@acme.example', 'registration_closed'],
    [{ ...open, mode: 'invitation' as const }, 'max@acme.example', 'registration_closed'],
    [open, 'max@anywhere.example', null],
    [open, null, null],
    [ours, 'max@acme.example', null],
    [ours, 'max@acme.test', null],
    [ours, 'max@evil-acme.example', 'email_domain_not_allowed'],
    [ours, 'max@sub.acme.example', 'email_domain_not_allowed'],
    [ours, 'acme.example@evil.example', 'email_domain_not_allowed'],
    [ours, null, 'email_domain_not_allowed'],
  ])('%j takes %s: %s', (rules, email, refusal) => {
    expect(refusalOf(rules, email)).toBe(refusal);
  });
});
