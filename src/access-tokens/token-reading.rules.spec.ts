import { describe, expect, it } from '@jest/globals';
import { isWithinItsTime, readToken, type TokenClaims } from './token-reading.rules.js';

const issuers = 'https://login.example.com/o/';
const id = '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4';
const header = { alg: 'ES256', typ: 'at+jwt', kid: 'k'.repeat(43) };
const claims = {
  iss: `${issuers}acme`,
  sub: 'somebody',
  client_id: id,
  aud: 'urn:tenantry:acme',
  iat: 1_800_000_000,
  exp: 1_800_000_300,
  sid: id,
};

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (changedHeader: object = {}, changedClaims: object = {}): string =>
  `${encoded({ ...header, ...changedHeader })}.${encoded({ ...claims, ...changedClaims })}.${'s'.repeat(86)}`;

describe('A token that is taken apart', () => {
  it('says from whom it is, for whom, and until when', () => {
    expect(readToken(token({}, { scope: 'users:read  roles:read' }), issuers)).toMatchObject({
      alg: 'ES256',
      kid: header.kid,
      slug: 'acme',
      claims: {
        clientId: id,
        audience: ['urn:tenantry:acme'],
        scopes: ['users:read', 'roles:read'],
        issuedAt: 1_800_000_000,
        expiresAt: 1_800_000_300,
        notBefore: null,
        sessionId: id,
      },
    });
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['two parts', token().split('.').slice(0, 2).join('.')],
    ['five parts', `${token()}.${token()}`],
    ['spaces', ` ${token()}`],
    ['padding', `${token()}==`],
    ['more than a header holds', token({}, { filling: 'x'.repeat(4_096) })],
    ['no JSON', `${'a'.repeat(40)}.${'a'.repeat(40)}.${'s'.repeat(86)}`],
    ['a list as header', `${encoded([header, header])}.${encoded(claims)}.${'s'.repeat(86)}`],
    ['null as claims', `${encoded(header)}.${encoded(null).padEnd(20, 'A')}.${'s'.repeat(86)}`],
    ['another type', token({ typ: 'JWT' })],
    ['no type', token({ typ: undefined })],
    ['a type that is none', token({ typ: ['at+jwt'] })],
    ['an algorithm that is none', token({ alg: 1 })],
    ['a key id of another form', token({ kid: '../../etc/passwd' })],
    ['what must be understood', token({ crit: ['b64'] })],
    ['a payload that is not encoded', token({ b64: false })],
    ['another issuer', token({}, { iss: 'https://evil.example/o/acme' })],
    ['an issuer that begins alike', token({}, { iss: 'https://login.example.com.evil.example/o/acme' })],
    ['a path behind the issuer', token({}, { iss: `${issuers}acme/x` })],
    ['an issuer that is no text', token({}, { iss: [`${issuers}acme`] })],
    ['no application', token({}, { client_id: undefined })],
    ['an application that is no id', token({}, { client_id: 'acme' })],
    ['no audience', token({}, { aud: undefined })],
    ['an audience of numbers', token({}, { aud: [1] })],
    ['no end', token({}, { exp: undefined })],
    ['an end in words', token({}, { exp: 'never' })],
    ['an end beyond all numbers', token({}, { exp: 1e300 })],
    ['an issue before 1970', token({}, { iat: -1 })],
    ['a session that is no id', token({}, { sid: 'mine' })],
    ['no session of a person', token({}, { sid: undefined })],
    ['scopes in a list', token({}, { scope: ['*'] })],
    ['a key that it is bound to', token({}, { cnf: {} })],
  ])('is none with %s', (_, text) => {
    expect(readToken(text, issuers)).toBeNull();
  });

  it('is a machine’s where application and subject are one and there is no session', () => {
    expect(readToken(token({}, { sub: id, sid: undefined }), issuers)?.claims.sessionId).toBeNull();
  });
});

describe('The time of a token', () => {
  const within = (times: Partial<TokenClaims>): boolean =>
    isWithinItsTime({ issuedAt: 1_000, expiresAt: 2_000, notBefore: null, ...times } as TokenClaims, 1_500);

  it.each<[string, Partial<TokenClaims>, boolean]>([
    ['now', {}, true],
    ['over in this second', { expiresAt: 1_500 }, false],
    ['over in the next', { expiresAt: 1_501 }, true],
    ['to come, by another server’s clock', { issuedAt: 1_530 }, true],
    ['to come', { issuedAt: 1_531 }, false],
    ['not yet there', { notBefore: 1_531 }, false],
  ])('is %s', (_, times, expected) => {
    expect(within(times)).toBe(expected);
  });
});
