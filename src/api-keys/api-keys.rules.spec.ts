import { describe, expect, it } from '@jest/globals';
import { newId } from '../platform/crypto/uuid.js';
import { issueToken } from '../platform/crypto/secret-token.js';
import { canonicalPermissions, decideExpiry, prefixOf } from './api-keys.rules.js';

const now = new Date('2027-01-01T00:00:00Z');
const soon = new Date('2027-01-02T00:00:00Z');
const later = new Date('2028-01-01T00:00:00Z');

describe('decideExpiry', () => {
  it.each([
    ['never for a person who says nothing', undefined, null, null],
    ['never for a person who says so', null, null, null],
    ['when a person says', later.toISOString(), null, later],
    ['never with a key that never ends', undefined, { expiresAt: null }, null],
    ['with the key that makes it', undefined, { expiresAt: soon }, soon],
    ['before the key that makes it', soon.toISOString(), { expiresAt: later }, soon],
    ['together with the key that makes it', soon.toISOString(), { expiresAt: soon }, soon],
  ])('is %s', (_, wanted, parent, expected) => {
    expect(decideExpiry(wanted, parent, now)).toEqual(expected);
  });

  it.each([
    ['now', now.toISOString(), null, 'invalid_request'],
    ['no moment', '2027-01-31T00:00:00+99:99', null, 'invalid_request'],
    ['the year 10000', '9999-12-31T23:00:00-14:00', null, 'invalid_request'],
    ['later than the key that makes it', later.toISOString(), { expiresAt: soon }, 'permission_denied'],
    ['never, by a key that ends', null, { expiresAt: soon }, 'permission_denied'],
  ])('is not %s', (_, wanted, parent, code) => {
    expect(() => decideExpiry(wanted, parent, now)).toThrow(
      expect.objectContaining({ kind: expect.objectContaining({ code }) }),
    );
  });
});

describe('prefixOf', () => {
  it('tells keys of one organization apart and gives little of the secret away', () => {
    const organizationId = newId();
    const [one, other] = [1, 2].map(() => issueToken('api-key', organizationId).token) as [string, string];

    expect(one.slice(0, 29)).toBe(other.slice(0, 29));
    expect(prefixOf(one)).not.toBe(prefixOf(other));
    expect(one.length - prefixOf(one).length).toBe(42);
  });
});

describe('canonicalPermissions', () => {
  it('has each once, in order', () => {
    expect(canonicalPermissions(['users:read', '*', 'users:read'])).toEqual(['*', 'users:read']);
  });
});
