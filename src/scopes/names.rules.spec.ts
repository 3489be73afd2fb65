import { describe, expect, it } from '@jest/globals';
import {
  areDescriptions,
  claimPattern,
  identifierError,
  isOwnIdentifier,
  isReservedClaim,
  scopePattern,
} from './names.rules.js';

describe('The name of a claim', () => {
  it.each(['department', 'https://acme.example/department', 'employee-number', 'urn:acme:x'])(
    'may be %s',
    (name) => {
      expect(claimPattern.test(name)).toBe(true);
      expect(isReservedClaim(name)).toBe(false);
    },
  );

  it.each([
    'sub',
    'iss',
    'aud',
    'exp',
    'iat',
    'nbf',
    'jti',
    'nonce',
    'acr',
    'amr',
    'azp',
    'auth_time',
    'sid',
    'client_id',
    'scope',
    'act',
    'may_act',
    'cnf',
    'at_hash',
    'events',
    'org',
    'organization',
    'roles',
    'permissions',
    'permission_set',
    'email',
    'email_verified',
    'name',
    'phone_number',
    'address',
    'groups',
    'SUB',
    'Email_Verified',
    'constructor',
    'toString',
    'hasOwnProperty',
    'urn:tenantry:acme',
  ])('may not be %s', (name) => {
    expect(isReservedClaim(name)).toBe(true);
  });

  it.each(['__proto__', '_x', '1x', 'a b', 'a"b', '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4', ''])(
    'does not look like %j',
    (name) => {
      expect(claimPattern.test(name)).toBe(false);
    },
  );
});

describe('The name of a scope', () => {
  it.each(['department', 'articles:read', 'https://acme.example/read', 'a.b-c_d'])(
    'looks like %s',
    (name) => {
      expect(scopePattern.test(name)).toBe(true);
    },
  );

  it.each([
    '',
    'a b',
    'a"',
    'a\\',
    '*',
    ':read',
    '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4',
    'ä',
    'a'.repeat(101),
  ])('does not look like %j', (name) => {
    expect(scopePattern.test(name)).toBe(false);
  });
});

describe('The identifier of an API', () => {
  it.each([
    'https://api.acme.example/articles',
    'https://api.acme.example',
    'urn:acme:articles',
    'api://articles',
  ])('may be %s', (identifier) => {
    expect(identifierError(identifier)).toBeNull();
  });

  it.each([
    'articles',
    '/articles',
    'https://api.acme.example/#x',
    'https://api.acme.example/*',
    'https://user@api.acme.example/',
    'https://API.acme.example/',
    'https://api.acme.example:443/',
    'javascript:alert(1)',
    'data:,x',
    'urn:x',
    'https://api.acme.example/a b',
    '',
  ])('may not be %j', (identifier) => {
    expect(identifierError(identifier)).toEqual(expect.any(String));
  });

  it.each([
    ['urn:tenantry:acme', true],
    ['URN:TENANTRY:acme', true],
    ['urn:tenantry', true],
    ['https://login.example.com', true],
    ['https://login.example.com/o/acme', true],
    ['https://login.example.com.evil.example/', false],
    ['urn:tenantryx:acme', false],
  ])('%s is the server’s own: %s', (identifier, own) => {
    expect(isOwnIdentifier(identifier, 'https://login.example.com')).toBe(own);
  });
});

describe('Texts by language', () => {
  it.each([
    [{}, true],
    [{ en: 'See your department', 'de-AT': 'Abteilung sehen' }, true],
    [{ english: 'See' }, false],
    [{ en: '' }, false],
    [{ en: ' x ' }, false],
    [{ en: 7 }, false],
    [{ en: 'a\nb' }, false],
    [{ en: 'See \u202eecnirp' }, false],
    [{ en: 'a'.repeat(301) }, false],
    [[], false],
    [null, false],
    ['See', false],
  ])('%j are taken: %s', (value, taken) => {
    expect(areDescriptions(value)).toBe(taken);
  });
});
