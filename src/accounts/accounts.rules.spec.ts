import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  decideAdmission,
  decideArrival,
  isAllowed,
  isLastWayIn,
  isTrustedFor,
  type Link,
  type LocalUser,
  localUserOf,
  methodsOf,
  type Situation,
  type Standing,
  usernamesFor,
} from './accounts.rules.js';

const standings: Record<string, Standing> = {
  no: 'not-signed-in',
  recently: 'recently-proven',
  'long ago': 'not-recently-proven',
};
const links: Link[] = ['nobody', 'them', 'somebody-else'];
const locals: LocalUser[] = ['none', 'unverified', 'verified', 'locked', 'deactivated'];

interface Row {
  readonly cells: readonly string[];
  readonly outcome: string;
}

/** The rows of docs/linking.md, which is what people read. */
const rows: Row[] = readFileSync('docs/linking.md', 'utf8')
  .split('\n')
  .filter((line) => /^\| (no|recently|long ago) /.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map((cells) => ({ cells: cells.slice(1, 6), outcome: cells[6]! }));

const situations: Situation[] = Object.values(standings).flatMap((standing) =>
  links.flatMap((link) =>
    locals.flatMap((local) =>
      [false, true].flatMap((isVerifiedUpstream) =>
        [false, true].map((isTrusted) => ({ standing, link, local, isVerifiedUpstream, isTrusted })),
      ),
    ),
  ),
);

/** Of nobody who is signed in an account is another's, and an account is linked with somebody who is there. */
const isPossible = ({ standing, link, local }: Situation): boolean =>
  standing !== 'not-signed-in' || link === 'nobody' || (link === 'them' && local !== 'none');

function matches({ cells }: Row, situation: Situation): boolean {
  const [standing, link, local, verified, trusted] = cells as [string, string, string, string, string];
  const words: [string, string][] = [
    [standing, Object.entries(standings).find(([, value]) => value === situation.standing)![0]],
    [link, linkWord(situation)],
    [local, situation.local],
    [verified, situation.isVerifiedUpstream ? 'yes' : 'no'],
    [trusted, situation.isTrusted ? 'yes' : 'no'],
  ];
  return words.every(([cell, word]) => cell === 'any' || cell === word);
}

function linkWord({ standing, link }: Situation): string {
  if (link === 'nobody') return 'nobody';
  if (standing === 'not-signed-in') return 'a user';
  return link === 'them' ? 'them' : 'somebody else';
}

function sentence(situation: Situation): string {
  const { standing, local, isVerifiedUpstream, isTrusted } = situation;
  const said = isVerifiedUpstream ? 'verified' : 'not verified';
  const trust = isTrusted ? 'trusted' : 'untrusted';
  return `${standing}, linked with ${linkWord(situation)}, local user ${local}, ${said} upstream, ${trust}`;
}

describe('Who somebody is that comes by a provider', () => {
  it.each(situations.filter(isPossible).map((situation) => [sentence(situation), situation] as const))(
    'is decided as the table says: %s',
    (_, situation) => {
      const outcomes = rows.filter((row) => matches(row, situation)).map(({ outcome }) => outcome);

      expect(outcomes).toEqual([decideArrival(situation)]);
    },
  );

  it('is written in a table each of whose rows says something', () => {
    expect(rows.length).toBeGreaterThan(15);
    for (const row of rows)
      expect(situations.filter((situation) => isPossible(situation) && matches(row, situation))).not.toEqual(
        [],
      );
  });

  it('is never decided by an address that is not verified upstream, or by an untrusted provider', () => {
    const byAddress = situations.filter((situation) =>
      ['link-by-address', 'reclaim'].includes(decideArrival(situation)),
    );

    expect(byAddress.length).toBeGreaterThan(0);
    expect(byAddress.every(({ isVerifiedUpstream, isTrusted }) => isVerifiedUpstream && isTrusted)).toBe(
      true,
    );
  });

  it('counts a user who waits for a first password as unverified', () => {
    const user = { status: 'initializing', email: 'max@acme.example', emailVerifiedAt: null } as const;

    expect(localUserOf(null)).toBe('none');
    expect(localUserOf(user)).toBe('unverified');
    expect(localUserOf({ ...user, status: 'active', emailVerifiedAt: new Date() })).toBe('verified');
    expect(localUserOf({ ...user, status: 'locked', emailVerifiedAt: new Date() })).toBe('locked');
  });
});

describe('Domains', () => {
  it.each([
    [['acme.example'], 'max@acme.example', true],
    [['acme.example'], 'max@evil-acme.example', false],
    [['acme.example'], 'max@sub.acme.example', false],
    [['acme.example'], null, false],
    [[], 'max@acme.example', false],
  ])('%j are trusted for %s: %s', (domains, email, isTrusted) => {
    expect(isTrustedFor(domains, email)).toBe(isTrusted);
  });

  it.each([
    [[], null, false, true],
    [['acme.example'], 'max@acme.example', true, true],
    [['acme.example'], 'max@acme.example', false, false],
    [['acme.example'], 'max@other.example', true, false],
    [['acme.example'], null, true, false],
  ])('%j let %s (verified: %s) in: %s', (domains, email, emailVerified, isIn) => {
    expect(isAllowed(domains, { email, emailVerified })).toBe(isIn);
  });
});

describe('A new user', () => {
  const open = {
    mode: 'open',
    domains: [] as string[],
    justInTime: true,
    email: 'max@acme.example' as string | null,
    isInvited: false,
    isOwnDomain: false,
  } as const;

  it.each([
    [open, 'admit'],
    [{ ...open, email: null }, 'admit'],
    [{ ...open, justInTime: false }, 'closed'],
    [{ ...open, mode: 'closed' }, 'closed'],
    [{ ...open, mode: 'invitation' }, 'closed'],
    [{ ...open, mode: 'invitation', isInvited: true }, 'admit'],
    [{ ...open, mode: 'closed', justInTime: false, isInvited: true }, 'admit'],
    [{ ...open, mode: 'closed', isOwnDomain: true }, 'admit'],
    [{ ...open, mode: 'closed', isOwnDomain: true, justInTime: false }, 'closed'],
    [{ ...open, domains: ['acme.example'] }, 'admit'],
    [{ ...open, domains: ['acme.test'] }, 'domain-not-allowed'],
    [{ ...open, domains: ['acme.example'], email: null }, 'domain-not-allowed'],
  ] as const)('with %j: %s', (admission, outcome) => {
    expect(decideAdmission(admission)).toBe(outcome);
  });

  it.each([
    [{ username: 'octocat', name: 'Mona' }, 'octocat'],
    [{ username: null, name: 'Zoë Müller' }, 'zoe-muller'],
    [{ username: 'max@acme.example', name: null }, 'max'],
    [{ username: '..', name: null }, 'user'],
    [{ username: '李雷', name: '李雷' }, 'user'],
    [{ username: null, name: null }, 'user'],
  ])('of %j is called %s', (said, username) => {
    expect(usernamesFor(said, ['7'])).toEqual([username, `${username}-7`]);
  });
});

describe('What somebody has proven', () => {
  it('is a second factor only where the organization takes the provider’s word', () => {
    expect(methodsOf(false)).toEqual(['fed']);
    expect(methodsOf(true)).toEqual(['fed', 'mfa']);
  });
});

describe('The last way in', () => {
  it.each([
    [{ hasPassword: true, otherAccounts: 0, hasMagicLink: false }, false],
    [{ hasPassword: false, otherAccounts: 1, hasMagicLink: false }, false],
    [{ hasPassword: false, otherAccounts: 0, hasMagicLink: true }, false],
    [{ hasPassword: false, otherAccounts: 0, hasMagicLink: false }, true],
  ])('with %j: %s', (ways, isLast) => {
    expect(isLastWayIn(ways)).toBe(isLast);
  });
});
