import { describe, expect, it } from '@jest/globals';
import { type ClaimedPerson, claimValue, isClaimSource } from './claim-sources.rules.js';

const max: ClaimedPerson = {
  email: 'max@acme.example',
  username: null,
  fullName: 'Max Meier',
  phoneNumber: null,
  metadata: { department: 'Press', office: { floor: 3, keys: ['a'] }, large: 'x'.repeat(5_000), off: false },
  profile: {
    givenName: 'Max',
    familyName: null,
    displayName: null,
    locale: 'de-AT',
    timeZone: null,
    metadata: { shoeSize: 44 },
  },
};

describe('The source of a claim', () => {
  it.each([
    'email',
    'username',
    'fullName',
    'phoneNumber',
    'profile.givenName',
    'profile.timeZone',
    'metadata.department',
    'metadata.office.floor',
    'profile.metadata.shoeSize',
  ])('may be %s', (source) => {
    expect(isClaimSource(source)).toBe(true);
  });

  it.each([
    '',
    'password',
    'passwordHash',
    'id',
    'metadata',
    'metadata.',
    'metadata..x',
    'profile',
    'profile.metadata',
    'profile.picture',
    'metadata.a b',
    'metadata.a\0',
    `metadata.${'a.'.repeat(8)}a`,
    'email.length',
  ])('may not be %j', (source) => {
    expect(isClaimSource(source)).toBe(false);
  });
});

describe('The value of a claim', () => {
  it.each([
    ['email', 'max@acme.example'],
    ['fullName', 'Max Meier'],
    ['username', undefined],
    ['profile.locale', 'de-AT'],
    ['metadata.department', 'Press'],
    ['metadata.office', { floor: 3, keys: ['a'] }],
    ['metadata.office.floor', 3],
    ['metadata.off', false],
    ['metadata.nothing', undefined],
    ['metadata.department.length', undefined],
    ['metadata.constructor', undefined],
    ['metadata.__proto__', undefined],
    ['metadata.large', undefined],
    ['profile.metadata.shoeSize', 44],
  ])('at %s is %j', (source, value) => {
    expect(claimValue(source, max)).toEqual(value);
  });
});
