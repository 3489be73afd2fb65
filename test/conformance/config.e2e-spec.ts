import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint, importJWK, type JWK } from 'jose';
import * as oauth from 'oauth4webapi';
import { startApp, type TestApp } from '../support/test-app.js';

const origin = 'https://id.example';
const issuer = `${origin}/o/acme`;

let app: TestApp;
let configuration: Record<string, unknown>;

beforeAll(async () => {
  app = await startApp({ env: { PUBLIC_URL: origin } });
  const { owner: olga } = await app.given.organization();
  for (const idTokenSigningAlg of ['ES256', 'RS256', 'EdDSA'])
    await app.api.as(olga).post('/v1/organizations/acme/applications', {
      name: idTokenSigningAlg,
      type: 'web',
      redirectUris: ['https://party.example/callback'],
      idTokenSigningAlg,
    });
  configuration = JSON.parse((await get('/o/acme/.well-known/openid-configuration')).text) as never;
});
afterAll(() => app.stop());

const get = (path: string) => app.exchange.send({ method: 'GET', path });

/** Every address in the configuration, by the name that it goes by. */
const addresses = () =>
  Object.entries(configuration).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0] !== 'issuer',
  );

const setOf = (name: string) => new Set(configuration[name] as string[]);

describe('oidcc-config-certification-test-plan', () => {
  describe('oidcc-discovery-endpoint-verification', () => {
    it('answers with JSON', async () => {
      const answer = await get('/o/acme/.well-known/openid-configuration');

      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
    });

    it('CheckDiscEndpointIssuer: names the issuer whose address it was asked at', async () => {
      const { text } = await get('/o/acme/.well-known/openid-configuration');

      const server = await oauth.processDiscoveryResponse(
        new URL(issuer),
        new Response(text, { headers: { 'content-type': 'application/json' } }),
      );

      expect(server.issuer).toBe(issuer);
    });

    it('says the same at the other well-known addresses (RFC 8414, section 3.1)', async () => {
      for (const path of [
        '/.well-known/openid-configuration/o/acme',
        '/.well-known/oauth-authorization-server/o/acme',
      ])
        expect(JSON.parse((await get(path)).text)).toEqual(configuration);
    });

    it('is not moved by what a request says of its host', async () => {
      const answer = await app.exchange.send({
        method: 'GET',
        path: '/o/acme/.well-known/openid-configuration',
        headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http', forwarded: 'host=evil' },
      });

      expect(JSON.parse(answer.text)).toEqual(configuration);
    });

    it('CheckDiscEndpointAllEndpointsAreHttps, and each is below the issuer', () => {
      const names = addresses().map(([name]) => name);

      for (const name of ['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri'])
        expect(names).toContain(name);
      for (const [name, address] of addresses())
        expect([name, address.startsWith(`${issuer}/`)]).toEqual([name, true]);
    });

    it('names no endpoint that is not there', async () => {
      for (const [name, address] of addresses()) {
        const answers = await Promise.all(
          ['GET', 'POST'].map((method) => app.exchange.send({ method, path: new URL(address).pathname })),
        );
        expect([name, answers.some(({ status }) => status !== 404)]).toEqual([name, true]);
      }
    });

    it.each([
      ['OIDCCCheckDiscEndpointResponseTypesSupported', 'response_types_supported', ['code']],
      ['CheckDiscEndpointSubjectTypesSupported', 'subject_types_supported', ['public', 'pairwise']],
      [
        'OIDCCCheckDiscEndpointIdTokenSigningAlgValuesSupported',
        'id_token_signing_alg_values_supported',
        ['RS256', 'ES256', 'EdDSA'],
      ],
      ['response modes', 'response_modes_supported', ['form_post', 'fragment', 'query']],
      [
        'OIDCCCheckDiscEndpointGrantTypesSupported',
        'grant_types_supported',
        [
          'authorization_code',
          'refresh_token',
          'client_credentials',
          'urn:ietf:params:oauth:grant-type:device_code',
          'urn:ietf:params:oauth:grant-type:token-exchange',
        ],
      ],
      [
        'authentication of clients',
        'token_endpoint_auth_methods_supported',
        ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
      ],
      [
        'EnsureServerConfigurationCodeChallengeMethodsSupportedIsAnArray',
        'code_challenge_methods_supported',
        ['S256'],
      ],
    ])('%s', (_, name, values) => {
      expect(setOf(name)).toEqual(new Set(values));
    });

    it('CheckDiscEndpointScopesSupportedContainsOpenId, and all standard ones', () => {
      for (const scope of ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'])
        expect(setOf('scopes_supported')).toContain(scope);
      for (const scope of setOf('scopes_supported')) expect(scope).toMatch(/^[\x21\x23-\x5B\x5D-\x7E]+$/);
    });

    it('OIDCCCheckDiscEndpointClaimsSupported', () => {
      for (const claim of ['sub', 'iss', 'auth_time', 'acr', 'name', 'email', 'email_verified', 'sid'])
        expect(setOf('claims_supported')).toContain(claim);
    });

    it('says of everything that is optional whether it is there', () => {
      expect(configuration).toMatchObject({
        claims_parameter_supported: true,
        // There where it is left out (OpenID Connect Discovery 1.0, section 3); the other one is not.
        request_uri_parameter_supported: false,
        authorization_response_iss_parameter_supported: true,
      });
      expect(configuration['request_parameter_supported'] ?? false).toBe(false);
      expect(configuration).not.toHaveProperty('request_object_signing_alg_values_supported');
    });
  });

  describe('ValidateServerJWKs', () => {
    async function publishedKeys(): Promise<JWK[]> {
      const answer = await get('/o/acme/jwks');
      expect(answer.headers['content-type']).toMatch(/^application\/(jwk-set\+)?json/);
      return (JSON.parse(answer.text) as { keys: JWK[] }).keys;
    }

    it('has a key of each algorithm that an application has chosen, and each can be read', async () => {
      const keys = await publishedKeys();

      expect(keys.map(({ alg }) => alg).toSorted()).toEqual(['ES256', 'EdDSA', 'RS256']);
      for (const key of keys) expect(await importJWK(key, key.alg!)).toBeDefined();
    });

    it('CheckForKeyIdInServerJWKs: each has a name of its own, and is for signatures', async () => {
      const keys = await publishedKeys();

      for (const key of keys) expect(key).toMatchObject({ kid: expect.any(String), use: 'sig' });
      expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
      const thumbprints = await Promise.all(keys.map((key) => calculateJwkThumbprint(key)));
      expect(new Set(thumbprints).size).toBe(keys.length);
    });

    it('EnsureServerJwksDoesNotContainPrivateOrSymmetricKeys', async () => {
      for (const key of await publishedKeys()) {
        expect(['EC', 'RSA', 'OKP']).toContain(key.kty);
        for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])
          expect(key).not.toHaveProperty(member);
      }
    });

    it('an RSA key is long enough', async () => {
      const rsa = (await publishedKeys()).find(({ kty }) => kty === 'RSA')!;

      expect(Buffer.from(rsa.n!, 'base64url').length * 8).toBe(3_072);
    });
  });
});
