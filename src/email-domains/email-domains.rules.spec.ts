import { describe, expect, it } from '@jest/globals';
import { challengeName, challengeValue, decideCheck, findChallenge } from './email-domains.rules.js';

const challenge = 'c'.repeat(43);
const now = new Date('2026-06-08T12:00:00Z');
const days = (count: number) => new Date(now.getTime() - count * 86_400_000);

describe('The entry of a domain', () => {
  it('stands beside what the domain says for others', () => {
    expect(challengeName('acme.example')).toBe('_tenantry-challenge.acme.example');
    expect(challengeValue(challenge)).toBe(`tenantry-domain-verification=${challenge}`);
  });

  it.each([
    [{ kind: 'entries', texts: [`tenantry-domain-verification=${challenge}`] }, 'found'],
    [{ kind: 'entries', texts: ['v=spf1 -all', ` tenantry-domain-verification=${challenge} `] }, 'found'],
    [{ kind: 'entries', texts: [`tenantry-domain-verification=${challenge}x`] }, 'missing'],
    [{ kind: 'entries', texts: [challenge] }, 'missing'],
    [{ kind: 'entries', texts: [`see tenantry-domain-verification=${challenge}`] }, 'missing'],
    [{ kind: 'entries', texts: [] }, 'missing'],
    [{ kind: 'none' }, 'missing'],
    [{ kind: 'silent' }, 'silent'],
  ] as const)('in %j is %s', (answer, finding) => {
    expect(findChallenge(answer, challenge)).toBe(finding);
  });
});

describe('Looking at a domain', () => {
  const verified = { verifiedAt: days(30), missingSince: null };

  it.each([
    [
      { verifiedAt: null, missingSince: null },
      'found',
      { verifiedAt: now, missingSince: null, event: 'email_domain.verified' },
    ],
    [
      { verifiedAt: null, missingSince: null },
      'missing',
      { verifiedAt: null, missingSince: null, event: null },
    ],
    [verified, 'found', { ...verified, event: null }],
    [verified, 'silent', { ...verified, event: null }],
    [verified, 'missing', { ...verified, missingSince: now, event: 'email_domain.missing' }],
    [{ ...verified, missingSince: days(2) }, 'missing', { ...verified, missingSince: days(2), event: null }],
    [{ ...verified, missingSince: days(2) }, 'found', { ...verified, event: null }],
    [{ ...verified, missingSince: days(8) }, 'silent', { ...verified, missingSince: days(8), event: null }],
    [
      { ...verified, missingSince: days(7) },
      'missing',
      { verifiedAt: null, missingSince: null, event: 'email_domain.lapsed' },
    ],
  ] as const)('%j, when the entry is %s: %j', (state, finding, change) => {
    expect(decideCheck(state, finding, now)).toEqual(change);
  });
});
