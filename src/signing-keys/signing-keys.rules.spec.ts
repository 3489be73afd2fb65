import { describe, expect, it } from '@jest/globals';
import { longestTokens } from '../policies/policies.service.js';
import {
  decideDueSteps,
  type DueSteps,
  keptSeconds,
  type KeyTimes,
  leadSeconds,
  longestSignedTokenSeconds,
  publishedKeysMaxAgeSeconds,
  scheduledLeadSeconds,
} from './signing-keys.rules.js';

const now = new Date('2027-04-01T00:00:00Z');
const days = (count: number): Date => new Date(now.getTime() + count * 86_400_000);

const key = (times: Partial<KeyTimes>): KeyTimes => ({
  kid: 'k',
  alg: 'ES256',
  state: 'active',
  activatesAt: null,
  activatedAt: null,
  removeAt: null,
  ...times,
});
const active = (since: number, more: Partial<KeyTimes> = {}) =>
  key({ kid: 'active', activatedAt: days(since), ...more });
const next = (at: number, more: Partial<KeyTimes> = {}) =>
  key({ kid: 'next', state: 'next', activatesAt: days(at), ...more });
const retired = (until: number) =>
  key({ kid: 'retired', state: 'retired', activatedAt: days(-100), removeAt: days(until) });
const published = (at: number, alg: KeyTimes['alg'] = 'ES256') => ({ alg, activatesAt: days(at) });

describe('What the clock demands of keys', () => {
  it.each<[string, KeyTimes[], Partial<DueSteps>]>([
    ['nothing of none', [], {}],
    ['nothing of a young one', [active(-87)], {}],
    ['another one, two days before it is due', [active(-88)], { publish: [published(2)] }],
    ['another one, a day before at the latest', [active(-89.5)], { publish: [published(1)] }],
    ['another one a day later, where it is overdue', [active(-120)], { publish: [published(1)] }],
    ['nothing while the next one waits', [active(-89), next(1)], {}],
    ['that the next one takes over', [active(-90), next(0)], { activate: ['next'] }],
    ['that it does so late rather than never', [active(-100), next(-9)], { activate: ['next'] }],
    ['that one takes over without a predecessor', [next(-1)], { activate: ['next'] }],
    ['nothing of a retired one before its time', [active(-1), retired(0.1)], {}],
    ['that a retired one goes in its time', [active(-1), retired(0)], { remove: ['retired'] }],
    [
      'of each kind its own',
      [active(-89), active(-10, { alg: 'EdDSA' }), active(-88, { alg: 'RS256' }), next(5, { alg: 'RS256' })],
      { publish: [published(1)] },
    ],
  ])('is %s', (_, keys, expected) => {
    expect(decideDueSteps(keys, 90, now)).toEqual({ publish: [], activate: [], remove: [], ...expected });
  });

  it('follows the policy, for keys in use too', () => {
    expect(decideDueSteps([active(-6)], 7, now).publish).toEqual([published(1)]);
    expect(decideDueSteps([active(-170)], 180, now).publish).toEqual([]);
  });
});

describe('The times of keys', () => {
  it('leave nobody with a set of keys that lacks the one that signs', () => {
    expect(publishedKeysMaxAgeSeconds * 24).toBeLessThanOrEqual(leadSeconds);
    expect(leadSeconds).toBeGreaterThanOrEqual(86_400);
    expect(scheduledLeadSeconds).toBeGreaterThan(leadSeconds);
  });

  it('leave every token its key for as long as it lives', () => {
    expect(longestSignedTokenSeconds).toBeGreaterThanOrEqual(longestTokens.jwt);
    expect(keptSeconds).toBeGreaterThan(longestSignedTokenSeconds);
  });
});
