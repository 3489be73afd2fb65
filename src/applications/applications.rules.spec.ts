import { describe, expect, it } from '@jest/globals';
import type { ApplicationSettings, ApplicationType, PublicJwks } from './application.types.js';
import { sectorOf } from './application-checks.rules.js';
import { deviceCodeGrant, tokenExchangeGrant } from './application-kinds.rules.js';
import {
  decideChangedSettings,
  decideNewSettings,
  differenceOf,
  losesSecrets,
} from './applications.rules.js';

const callback = 'https://articles.acme.example/callback';
const jwks: PublicJwks = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'x' }] };

const created = (type: ApplicationType, input: Partial<ApplicationSettings> = {}) =>
  decideNewSettings(type, { name: 'Articles', ...input }, false);

const pointersOf = (work: () => unknown): string[] => {
  try {
    work();
    return [];
  } catch (error) {
    return (error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
  }
};

describe('A new application', () => {
  it('of the web keeps a secret, uses PKCE and refreshes', () => {
    expect(created('web', { redirectUris: [callback] })).toMatchObject({
      grantTypes: ['authorization_code', 'refresh_token'],
      tokenEndpointAuthMethod: 'client_secret_basic',
      requirePkce: true,
      consent: 'required',
      idTokenSigningAlg: 'ES256',
      subjectType: 'public',
      accessTokenFormat: 'opaque',
      allowedOrigins: [],
      allowedScopes: null,
    });
  });

  it.each(['spa', 'native'] as const)('of the type %s has no secret', (type) => {
    expect(created(type, { redirectUris: [callback] })).toMatchObject({
      grantTypes: ['authorization_code', 'refresh_token'],
      tokenEndpointAuthMethod: 'none',
      requirePkce: true,
    });
  });

  it('in a browser may be called from where it lives, unless told', () => {
    const redirectUris = [callback, 'https://articles.acme.example/silent', 'https://other.acme.example/'];

    expect(created('spa', { redirectUris }).allowedOrigins).toEqual([
      'https://articles.acme.example',
      'https://other.acme.example',
    ]);
    expect(created('spa', { redirectUris, allowedOrigins: [] }).allowedOrigins).toEqual([]);
    expect(created('web', { redirectUris }).allowedOrigins).toEqual([]);
  });

  it('that is a machine acts for itself and has no addresses', () => {
    expect(created('machine')).toMatchObject({
      grantTypes: ['client_credentials'],
      tokenEndpointAuthMethod: 'client_secret_basic',
      redirectUris: [],
    });
  });

  it.each<[string, ApplicationType, Partial<ApplicationSettings>, string[]]>([
    ['without a place to go back to', 'web', {}, ['/redirectUris']],
    ['without a name', 'web', { name: '', redirectUris: [callback] }, ['/name']],
    ['with spaces around its name', 'machine', { name: ' x ' }, ['/name']],
    ['with a name of two lines', 'machine', { name: 'Articles\nby Acme' }, ['/name']],
    ['with a name that turns its direction', 'machine', { name: 'Articles \u202egpj.exe' }, ['/name']],
    ['with a name that hides something', 'machine', { name: 'Art\u200bicles' }, ['/name']],
    ['with a name of tags', 'machine', { name: 'Articles\u{e0041}' }, ['/name']],
    ['with a long name', 'machine', { name: 'a'.repeat(101) }, ['/name']],
    ['with an address twice', 'web', { redirectUris: [callback, callback] }, ['/redirectUris/1']],
    [
      'with a hostile address',
      'web',
      { redirectUris: [callback, 'javascript:alert(1)'] },
      ['/redirectUris/1'],
    ],
    [
      'with a hostile address after signing out',
      'native',
      { redirectUris: [callback], postLogoutRedirectUris: ['data:text/html,x'] },
      ['/postLogoutRedirectUris/0'],
    ],
    [
      'with too many addresses',
      'web',
      { redirectUris: Array.from({ length: 51 }, (_, index) => `https://a.example/${index}`) },
      ['/redirectUris'],
    ],
    [
      'in a browser with a hostile address',
      'spa',
      { redirectUris: ['javascript:alert(1)'] },
      ['/redirectUris/0'],
    ],
    ['that is a machine with users', 'machine', { redirectUris: [callback] }, ['/redirectUris']],
    [
      'that is a machine in a browser',
      'machine',
      { allowedOrigins: ['https://a.example'] },
      ['/allowedOrigins'],
    ],
    [
      'that is a machine with a person’s grant',
      'machine',
      { grantTypes: ['authorization_code'] },
      ['/grantTypes', '/redirectUris'],
    ],
    ['in a browser that acts for itself', 'spa', { grantTypes: ['client_credentials'] }, ['/grantTypes']],
    ['of the web that acts for itself', 'web', { grantTypes: ['client_credentials'] }, ['/grantTypes']],
    ['in a browser that exchanges tokens', 'spa', { grantTypes: [tokenExchangeGrant] }, ['/grantTypes']],
    ['in a browser as a device', 'spa', { grantTypes: [deviceCodeGrant] }, ['/grantTypes']],
    ['that only refreshes', 'web', { grantTypes: ['refresh_token'] }, ['/grantTypes']],
    ['that does nothing', 'web', { grantTypes: [] }, ['/grantTypes']],
    [
      'that does something twice',
      'machine',
      { grantTypes: ['client_credentials', 'client_credentials'] },
      ['/grantTypes'],
    ],
    [
      'with a secret in a browser',
      'spa',
      { redirectUris: [callback], tokenEndpointAuthMethod: 'client_secret_basic' },
      ['/tokenEndpointAuthMethod'],
    ],
    [
      'of the web without a proof',
      'web',
      { redirectUris: [callback], tokenEndpointAuthMethod: 'none' },
      ['/tokenEndpointAuthMethod'],
    ],
    ['with a key that is not there', 'machine', { tokenEndpointAuthMethod: 'private_key_jwt' }, ['/jwks']],
    ['with keys in two places', 'machine', { jwks, jwksUri: 'https://a.example/jwks' }, ['/jwksUri']],
    ['with keys in the open', 'machine', { jwksUri: 'http://a.example/jwks' }, ['/jwksUri']],
    ['in a browser without PKCE', 'spa', { redirectUris: [callback], requirePkce: false }, ['/requirePkce']],
    [
      'on a device without PKCE',
      'native',
      { redirectUris: [callback], requirePkce: false },
      ['/requirePkce'],
    ],
    ['with a page that runs', 'machine', { clientUri: 'javascript:alert(1)' }, ['/clientUri']],
    ['with a page in the open', 'machine', { policyUri: 'http://a.example/' }, ['/policyUri']],
    [
      'that is a machine and told of sign-outs',
      'machine',
      { backchannelLogoutUri: callback },
      ['/backchannelLogoutUri'],
    ],
    ['that is a machine and pairwise', 'machine', { subjectType: 'pairwise' }, ['/subjectType']],
    [
      'that is pairwise for two hosts',
      'web',
      { subjectType: 'pairwise', redirectUris: [callback, 'https://other.example/'] },
      ['/sectorIdentifier'],
    ],
    [
      'that is pairwise for none',
      'native',
      { subjectType: 'pairwise', grantTypes: [deviceCodeGrant] },
      ['/sectorIdentifier'],
    ],
    [
      'with tokens that nobody can take back for hours',
      'machine',
      { accessTokenFormat: 'jwt', accessTokenSeconds: 3_601 },
      ['/accessTokenSeconds'],
    ],
    ['with a lifetime that is no number', 'machine', { idTokenSeconds: 60.5 }, ['/idTokenSeconds']],
    ['with a lifetime beyond all', 'machine', { defaultMaxAge: 2 ** 40 }, ['/defaultMaxAge']],
    [
      'that is idle for longer than it lives',
      'machine',
      { refreshIdleSeconds: 3_600, refreshAbsoluteSeconds: 60 },
      ['/refreshIdleSeconds'],
    ],
    ['with a scope twice', 'machine', { allowedScopes: ['openid', 'openid'] }, ['/allowedScopes']],
  ])('%s is refused', (_, type, input, pointers) => {
    expect(pointersOf(() => created(type, input))).toEqual(pointers);
  });

  it.each<[string, ApplicationType, Partial<ApplicationSettings>]>([
    ['of the web without PKCE, for old clients', 'web', { redirectUris: [callback], requirePkce: false }],
    ['of the web for devices and exchange', 'web', { grantTypes: [deviceCodeGrant, tokenExchangeGrant] }],
    ['on a device with a code', 'native', { grantTypes: [deviceCodeGrant, 'refresh_token'] }],
    ['that is a machine with keys', 'machine', { tokenEndpointAuthMethod: 'private_key_jwt', jwks }],
    ['that has a name with joiners', 'machine', { name: '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645' }],
    ['that is pairwise for its one host', 'web', { subjectType: 'pairwise', redirectUris: [callback] }],
    [
      'that is pairwise for a named host',
      'web',
      {
        subjectType: 'pairwise',
        sectorIdentifier: 'acme.example',
        redirectUris: [callback, 'https://other.example/'],
      },
    ],
  ])('%s is taken', (_, type, input) => {
    expect(pointersOf(() => created(type, input))).toEqual([]);
  });
});

describe('A change', () => {
  it('keeps what it does not name, and is held against the whole', () => {
    const before = created('web', { redirectUris: [callback], requirePkce: false });

    const after = decideChangedSettings(
      'web',
      before,
      { name: 'Other', clientUri: undefined as never },
      false,
    );

    expect(after).toEqual({ ...before, name: 'Other' });
    expect(differenceOf(before, after)).toEqual({ before: { name: 'Articles' }, after: { name: 'Other' } });
    expect(differenceOf(before, { ...before })).toBeNull();
    expect(pointersOf(() => decideChangedSettings('web', before, { redirectUris: [] }, false))).toEqual([
      '/redirectUris',
    ]);
  });

  it('to a key ends the secrets, and back does not', () => {
    const secret = created('machine');
    const key = created('machine', { tokenEndpointAuthMethod: 'private_key_jwt', jwks });
    const post = created('machine', { tokenEndpointAuthMethod: 'client_secret_post' });

    expect(losesSecrets(secret, key)).toBe(true);
    expect(losesSecrets(key, secret)).toBe(false);
    expect(losesSecrets(secret, post)).toBe(false);
  });
});

describe('The sector of pairwise subjects', () => {
  it.each([
    [{ sectorIdentifier: null, redirectUris: [callback] }, 'articles.acme.example'],
    [
      { sectorIdentifier: null, redirectUris: [callback, 'https://articles.acme.example/x'] },
      'articles.acme.example',
    ],
    [{ sectorIdentifier: 'acme.example', redirectUris: [callback] }, 'acme.example'],
    [{ sectorIdentifier: null, redirectUris: [callback, 'https://b.example/'] }, null],
    [{ sectorIdentifier: null, redirectUris: ['com.example.app:/callback'] }, 'com.example.app:'],
    [{ sectorIdentifier: null, redirectUris: [] }, null],
  ])('of %j is %j', (settings, sector) => {
    expect(sectorOf(settings)).toBe(sector);
  });
});
