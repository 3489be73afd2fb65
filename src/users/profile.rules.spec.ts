import { describe, expect, it } from '@jest/globals';
import { Problem } from '../platform/problems/problem.js';
import { conflict } from '../platform/problems/problems.js';
import {
  canonicalFullName,
  decideUpdate,
  readNewProfile,
  readProfile,
  requireUnused,
} from './profile.rules.js';

const max = {
  email: 'max@acme.example',
  username: null,
  phoneNumber: null,
  fullName: 'Max Meier',
  metadata: { desk: 12 },
  pendingEmail: null as string | null,
};

describe('readProfile', () => {
  it('keeps what is given, in canonical form', () => {
    expect(readProfile({ email: 'Max@Acme.example', fullName: null })).toEqual({
      email: 'max@acme.example',
      fullName: null,
    });
  });

  it('names every field that is malformed', () => {
    expect(
      pointersOf(() => readProfile({ email: 'max', username: 'm x', phoneNumber: '1', fullName: '\n' })),
    ).toEqual(['/email', '/username', '/phoneNumber', '/fullName']);
  });
});

describe('readNewProfile', () => {
  it('asks for an e-mail address or a user name', () => {
    expect(pointersOf(() => readNewProfile({ fullName: 'Max Meier', email: null }))).toEqual(['/email']);
    expect(readNewProfile({ username: 'max' })).toEqual({
      email: null,
      username: 'max',
      phoneNumber: null,
      fullName: null,
    });
  });
});

describe('canonicalFullName', () => {
  it.each([
    [' Max Meier ', 'Max Meier'],
    ['Zoe\u0308', 'Zo\u00eb'],
    ['李小龍', '李小龍'],
    ['   ', null],
    ['Max\nMeier', null],
    ['Max\u2028Meier', null],
    ['Max\u0085Meier', null],
    ['Max\ud800', null],
    ['a'.repeat(201), null],
  ])('of %j is %j', (text, name) => {
    expect(canonicalFullName(text)).toBe(name);
  });
});

describe('An address', () => {
  const unused = { passwordHash: null, emailVerifiedAt: null, lastLoginAt: null };

  it('can be taken away from an account that nobody has used', () => {
    expect(() => requireUnused(unused)).not.toThrow();
  });

  it.each([
    ['has a password', { passwordHash: '$argon2id$…' }],
    ['has been verified', { emailVerifiedAt: new Date() }],
    ['has been signed in to', { lastLoginAt: new Date() }],
  ])('stays where the account %s', (_, use) => {
    expect(() => requireUnused({ ...unused, ...use })).toThrow(expect.objectContaining({ kind: conflict }));
  });
});

describe('decideUpdate', () => {
  it.each([
    [{}],
    [{ fullName: 'Max Meier' }],
    [{ email: 'MAX@acme.example' }],
    [{ username: null }],
    [{ metadata: {} }],
    [{ metadata: { desk: 12, floor: null } }],
  ])('changes nothing by %j', (patch) => {
    expect(decideUpdate(max, patch)).toBeNull();
  });

  it('records another address as one that waits, and a first one as set', () => {
    expect(decideUpdate(max, { email: 'max.meier@acme.example' })).toEqual({
      changes: { email: 'max.meier@acme.example' },
      record: { pendingEmail: { from: null, to: 'max.meier@acme.example' } },
    });
    expect(decideUpdate({ ...max, email: null, username: 'max' }, { email: 'max@acme.example' })).toEqual({
      changes: { email: 'max@acme.example' },
      record: { email: { from: null, to: 'max@acme.example' } },
    });
  });

  it('withdraws an address that waits when the present one is sent again', () => {
    const waiting = { ...max, pendingEmail: 'max.meier@acme.example' };

    expect(decideUpdate(waiting, { email: 'Max@acme.example' })).toEqual({
      changes: { pendingEmail: null },
      record: { pendingEmail: { from: 'max.meier@acme.example', to: null } },
    });
    expect(decideUpdate(waiting, { fullName: 'Max Meier' })).toBeNull();
  });

  it('keeps an identifier', () => {
    expect(pointersOf(() => decideUpdate(max, { email: null }))).toEqual(['/email']);
    expect(decideUpdate(max, { email: null, username: 'max' })?.changes).toEqual({
      email: null,
      username: 'max',
    });
  });

  it('merges metadata and keeps their values out of the record', () => {
    expect(decideUpdate(max, { metadata: { floor: 3 } })).toEqual({
      changes: { metadata: { desk: 12, floor: 3 } },
      record: { metadata: 'changed' },
    });
    expect(decideUpdate(max, { metadata: null })?.changes).toEqual({ metadata: {} });
  });
});

function pointersOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    expect((error as Problem).kind.code).toBe('invalid_request');
    return (error as Problem).errors?.map(({ pointer }) => pointer) ?? [];
  }
  throw new Error('nothing was refused');
}
