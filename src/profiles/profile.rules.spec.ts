import { describe, expect, it } from '@jest/globals';
import { Problem } from '../platform/problems/problem.js';
import { canonicalLocale, canonicalName, canonicalTimeZone } from './profile-values.rules.js';
import { decideProfileUpdate, type ProfilePatch, type ProfileValues } from './profile.rules.js';

describe('canonicalName', () => {
  it.each([
    ['Max', 'Max'],
    ['  Max  ', 'Max'],
    ['Ma\u0308x', 'Mäx'],
    ['梅', '梅'],
    ['x'.repeat(200), 'x'.repeat(200)],
    ['𝒳'.repeat(200), '𝒳'.repeat(200)],
    ['x'.repeat(201), null],
    ['', null],
    ['   ', null],
    ['Max\r\nBcc: x', null],
    ['Max\u2028Meier', null],
    ['Max\ud800', null],
  ])('reads %j as %j', (text, name) => {
    expect(canonicalName(text)).toBe(name);
  });
});

describe('canonicalLocale', () => {
  it.each([
    ['de', 'de'],
    ['DE-at', 'de-AT'],
    ['zh-hant-tw', 'zh-Hant-TW'],
    ['sr-Latn', 'sr-Latn'],
    ['iw', 'he'],
    ['', null],
    ['german', null],
    ['de_AT', null],
    ['de-', null],
    ['x-private', null],
    ['de-AT-AT-AT-AT-AT-AT-AT-AT-AT-AT-AT-AT-AT', null],
    ['en-u-ca-buddhist', null],
    ['../de', null],
  ])('reads %j as %j', (text, locale) => {
    expect(canonicalLocale(text)).toBe(locale);
  });
});

describe('canonicalTimeZone', () => {
  it.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    ['UTC', 'UTC'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
    ['Etc/GMT+5', 'Etc/GMT+5'],
    ['+01:00', null],
    ['Europe/Atlantis', null],
    ['Berlin', null],
    ['', null],
    ['../../etc/passwd', null],
    ['x'.repeat(65), null],
  ])('reads %j as %j', (text, zone) => {
    expect(canonicalTimeZone(text)).toBe(zone);
  });
});

describe('decideProfileUpdate', () => {
  const profile: ProfileValues = {
    givenName: 'Max',
    familyName: null,
    displayName: null,
    locale: 'de',
    timeZone: null,
    userMetadata: { theme: 'dark', size: { x: 1 } },
  };

  it.each<[string, ProfilePatch, Partial<ProfileValues>, Record<string, unknown>]>([
    ['nothing', {}, {}, {}],
    ['what is there', { givenName: 'Max', locale: 'de', userMetadata: { theme: 'dark' } }, {}, {}],
    ['a name', { givenName: ' Maxi ' }, { givenName: 'Maxi' }, { givenName: { from: 'Max', to: 'Maxi' } }],
    ['null for a name', { givenName: null }, { givenName: null }, { givenName: { from: 'Max', to: null } }],
    [
      'a language and a zone',
      { locale: 'en-us', timeZone: 'europe/vienna' },
      { locale: 'en-US', timeZone: 'Europe/Vienna' },
      { locale: { from: 'de', to: 'en-US' }, timeZone: { from: null, to: 'Europe/Vienna' } },
    ],
    [
      'metadata',
      { userMetadata: { theme: null, size: { y: 2 } } },
      { userMetadata: { size: { x: 1, y: 2 } } },
      { userMetadata: 'changed' },
    ],
    ['null for all metadata', { userMetadata: null }, { userMetadata: {} }, { userMetadata: 'changed' }],
  ])('of %s', (_, patch, changes, record) => {
    expect(decideProfileUpdate(profile, patch)).toEqual({ changes, record });
  });

  it('names every malformed value', () => {
    const large = { a: 'x'.repeat(16_000) };
    const patch = {
      givenName: 'a\nb',
      locale: 'nope!',
      timeZone: 'Moon/Base',
      userMetadata: { b: 'y'.repeat(500) },
    };

    let problem: unknown;
    try {
      decideProfileUpdate({ ...profile, userMetadata: large }, patch);
    } catch (error) {
      problem = error;
    }

    expect(problem).toBeInstanceOf(Problem);
    expect((problem as Problem).errors?.map(({ pointer }) => pointer)).toEqual([
      '/givenName',
      '/locale',
      '/timeZone',
      '/userMetadata',
    ]);
  });
});
