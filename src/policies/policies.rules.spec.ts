import { describe, expect, it } from '@jest/globals';
import {
  applyChange,
  differenceOf,
  mergePolicy,
  readChange,
  type RegistrationPolicy,
  requireConsistentSession,
  requireConsistentTokens,
  requireSensibleDefaultRole,
  roleHandedOut,
  type SessionPolicy,
  settlePolicy,
  type TokensPolicy,
  valuesOf,
} from './policies.rules.js';

const documents = <Values>(own: Values, platform: Values = {} as Values, isPlatform = false) => ({
  own,
  platform,
  isPlatform,
});

describe('mergePolicy', () => {
  it('takes each key from the organization, else from the platform, else from the defaults', () => {
    const merged = mergePolicy(
      'registration',
      documents({ mode: 'open' as const }, { domains: ['a.example'] }),
    );

    expect(merged).toEqual({
      mode: { value: 'open', source: 'organization' },
      domains: { value: ['a.example'], source: 'platform' },
      emailVerification: { value: 'optional', source: 'default' },
      firstUserRole: { value: null, source: 'default' },
      defaultRole: { value: 'member', source: 'default' },
    });
  });

  it('lets an organization say nothing and nobody where the platform says something', () => {
    const merged = mergePolicy(
      'registration',
      documents<Partial<RegistrationPolicy>>(
        { domains: [], firstUserRole: null },
        { domains: ['a.example'], firstUserRole: 'owner' },
      ),
    );

    expect(merged.domains).toEqual({ value: [], source: 'organization' });
    expect(merged.firstUserRole).toEqual({ value: null, source: 'organization' });
  });

  it('has shorter sessions for operators, and calls their own values the platform’s', () => {
    const policy = { idleSeconds: 600 };

    expect(mergePolicy('session', documents(policy, policy, true))).toEqual({
      idleSeconds: { value: 600, source: 'platform' },
      absoluteSeconds: { value: 43_200, source: 'default' },
      recentAuthenticationSeconds: { value: 600, source: 'default' },
    });
    expect(valuesOf(mergePolicy('session', documents({})))).toEqual({
      idleSeconds: 604_800,
      absoluteSeconds: 2_592_000,
      recentAuthenticationSeconds: 600,
    });
  });
});

describe('settlePolicy', () => {
  it('cuts the idle time where the platform ends sessions sooner', () => {
    const settled = settlePolicy('session', documents({ idleSeconds: 7_200 }, { absoluteSeconds: 3_600 }));

    expect(settled.idleSeconds).toEqual({ value: 3_600, source: 'platform' });
  });

  it('ends the sessions of operators within a day, whatever they allow others', () => {
    const policy = { idleSeconds: 604_800, absoluteSeconds: 2_592_000, recentAuthenticationSeconds: 600 };

    expect(valuesOf(settlePolicy('session', documents(policy, policy, true)))).toEqual({
      idleSeconds: 86_400,
      absoluteSeconds: 86_400,
      recentAuthenticationSeconds: 600,
    });
    expect(valuesOf(settlePolicy('session', documents<Partial<SessionPolicy>>({}, policy)))).toEqual(policy);
  });

  it('leaves everything else as it was merged', () => {
    const policy = documents<Partial<SessionPolicy>>({ idleSeconds: 60 }, { absoluteSeconds: 3_600 });

    expect(settlePolicy('session', policy)).toEqual(mergePolicy('session', policy));
    expect(settlePolicy('password', documents({}))).toEqual(mergePolicy('password', documents({})));
  });
});

describe('readChange', () => {
  it.each([
    ['sets values', { mode: 'open' }, { set: { mode: 'open' }, givenBack: [] }],
    ['gives null back', { mode: null, domains: null }, { set: {}, givenBack: ['mode', 'domains'] }],
    ['passes over what is left out', { mode: undefined }, { set: {}, givenBack: [] }],
    ['reads "none" as no role', { firstUserRole: 'none' }, { set: { firstUserRole: null }, givenBack: [] }],
    ['keeps a role', { firstUserRole: 'owner' }, { set: { firstUserRole: 'owner' }, givenBack: [] }],
    [
      'keeps domains in one form, once each',
      { domains: ['ACME.example', 'acme.example', 'Bücher.example'] },
      { set: { domains: ['acme.example', 'xn--bcher-kva.example'] }, givenBack: [] },
    ],
    [
      'keeps words in one form, once each',
      { blockedWords: ['Road Runner', 'road runner', 'Cafe\u0301'] },
      { set: { blockedWords: ['road runner', 'caf\u00e9'] }, givenBack: [] },
    ],
  ])('%s', (_, body, expected) => {
    expect(readChange(body)).toEqual(expected);
  });

  it.each(['a@b.example', '-a.example', 'a..example', 'http://a.example', '127.0.0.1', '*.example'])(
    'refuses the domain %s',
    (domain) => {
      expect(() => readChange({ domains: ['acme.example', domain] })).toThrow(
        expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/domains/1' })] }),
      );
    },
  );
});

describe('applyChange', () => {
  it('touches the named keys only', () => {
    const own = { mode: 'open' as const, domains: ['a.example'], defaultRole: 'editor' };

    const changed = applyChange<'registration'>(own, { set: { mode: 'closed' }, givenBack: ['domains'] });

    expect(changed).toEqual({ mode: 'closed', defaultRole: 'editor' });
    expect(own.domains).toEqual(['a.example']);
  });
});

describe('differenceOf', () => {
  it.each([
    ['nothing', { a: [1], b: null }, { a: [1], b: null }, null],
    ['a value', { a: 1, b: 2 }, { a: 3, b: 2 }, { before: { a: 1 }, after: { a: 3 } }],
    ['a new key', {}, { a: null }, { before: {}, after: { a: null } }],
    ['a key that went', { a: [1] }, {}, { before: { a: [1] }, after: {} }],
  ])('tells %s', (_, before, after, expected) => {
    expect(differenceOf(before, after)).toEqual(expected);
  });
});

describe('requireConsistentSession', () => {
  type Case = [string, Partial<SessionPolicy>, Partial<SessionPolicy>, boolean];

  it.each<Case>([
    ['equal times', { idleSeconds: 60, absoluteSeconds: 60 }, {}, false],
    ['a contradiction that is all inherited', {}, { absoluteSeconds: 3_600 }, false],
    ['30 days', { absoluteSeconds: 2_592_000 }, {}, false],
    ['30 days for others', { idleSeconds: 604_800, absoluteSeconds: 2_592_000 }, {}, true],
  ])('takes %s', (_, own, platform, isPlatform) => {
    expect(() => requireConsistentSession(documents(own, platform, isPlatform))).not.toThrow();
  });

  it.each<Case>([
    ['idle over absolute', { idleSeconds: 61, absoluteSeconds: 60 }, {}, false],
    ['absolute under the default idle time', { absoluteSeconds: 60 }, {}, false],
    ['idle over the platform’s end', { idleSeconds: 7_200 }, { absoluteSeconds: 3_600 }, false],
    ['absolute under the operators’ default idle time', { absoluteSeconds: 1_799 }, {}, true],
  ])('refuses %s', (_, own, platform, isPlatform) => {
    expect(() => requireConsistentSession(documents(own, platform, isPlatform))).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/idleSeconds' })] }),
    );
  });
});

describe('requireSensibleDefaultRole', () => {
  it.each([
    ['member', false, null],
    ['editor', false, null],
    ['owner', false, 'default_role_owner'],
    ['owner', true, 'default_role_owner'],
    ['editor', true, 'policy_contradiction'],
    ['admin', true, null],
    [undefined, true, null],
  ])('judges %s (platform: %s)', (defaultRole, isPlatform, code) => {
    const check = () =>
      requireSensibleDefaultRole(documents(defaultRole === undefined ? {} : { defaultRole }, {}, isPlatform));
    if (code === null) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ kind: expect.objectContaining({ code }) }));
  });
});

describe('roleHandedOut', () => {
  const closed: RegistrationPolicy = {
    mode: 'closed',
    domains: ['acme.example'],
    emailVerification: 'required',
    firstUserRole: null,
    defaultRole: 'editor',
  };
  const open: RegistrationPolicy = { ...closed, mode: 'open' };

  it.each([
    ['nothing', open, open, null],
    ['opening', closed, open, 'editor'],
    ['closing', open, closed, null],
    ['more domains', open, { ...open, domains: [] }, 'editor'],
    ['more domains behind a closed door', closed, { ...closed, domains: [] }, null],
    ['no verification', open, { ...open, emailVerification: 'optional' as const }, 'editor'],
    ['another role', closed, { ...closed, defaultRole: 'admin' }, 'admin'],
  ])('asks for %s', (_, before, after, expected) => {
    expect(roleHandedOut(before, after)).toBe(expected);
  });
});

describe('Lifetimes of tokens', () => {
  const consistent =
    (own: Partial<TokensPolicy>, platform: Partial<TokensPolicy> = {}) =>
    () =>
      requireConsistentTokens(documents(own, platform));

  it('are settled so that a refresh token is never idle for longer than it lives', () => {
    const settled = settlePolicy('tokens', documents({}, { refreshAbsoluteSeconds: 3_600 }));

    expect(settled.refreshIdleSeconds).toEqual({ value: 3_600, source: 'platform' });
    expect(settled.refreshAbsoluteSeconds).toEqual({ value: 3_600, source: 'platform' });
    expect(settled.jwtAccessTokenSeconds).toEqual({ value: 300, source: 'default' });
  });

  it('may not contradict each other in what an organization says itself', () => {
    expect(consistent({ refreshIdleSeconds: 60, refreshAbsoluteSeconds: 60 })).not.toThrow();
    expect(consistent({ refreshIdleSeconds: 61, refreshAbsoluteSeconds: 60 })).toThrow('contradict');
    expect(consistent({ refreshAbsoluteSeconds: 3_600 })).toThrow('contradict');
    expect(consistent({ jwtAccessTokenSeconds: 60 }, { refreshAbsoluteSeconds: 3_600 })).not.toThrow();
  });
});
