import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { AccessTokenClaims, permissionSetReference } from './access-token-claims.service.js';
import {
  fitAccessToken,
  holderClaims,
  mostTokenCharacters,
  signedLength,
  type TokenHolder,
} from './access-token.rules.js';

const max: TokenHolder = {
  organization: { id: '0199c1f2-0000-7000-8000-00000000ac3e', slug: 'acme' },
  session: {
    id: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4',
    authenticatedAt: new Date('2027-01-31T12:00:00.900Z'),
    methods: ['pwd'],
  },
  roles: ['editor', 'chief'],
  permissions: ['articles:publish', 'articles:*'],
};

const many = (count: number) =>
  Array.from({ length: count }, (_, number) => `resource-${number}:some-action-${number}`);

/** As the engine completes it. */
const whole = (holder: TokenHolder) => ({
  ...holderClaims(holder),
  iss: 'https://login.example.com/o/acme',
  aud: 'https://api.acme.example',
  sub: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c5',
  client_id: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c6',
  jti: 'x'.repeat(43),
  iat: 1_801_396_800,
  exp: 1_801_397_100,
  scope: 'articles:read articles:write',
});

const algorithms = [
  ['ES256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  ['RS256', () => generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey],
  ['EdDSA', () => generateKeyPairSync('ed25519').privateKey],
] as const;

describe('The claims of an access token', () => {
  it('say which session it lives with, in which organization, and what its holder is and may', () => {
    expect(holderClaims(max)).toEqual({
      sid: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4',
      org: { id: '0199c1f2-0000-7000-8000-00000000ac3e', slug: 'acme' },
      roles: ['chief', 'editor'],
      permissions: ['articles:*', 'articles:publish'],
      auth_time: 1_801_396_800,
      amr: ['pwd'],
    });
  });

  it('name no session where there is none', () => {
    expect(Object.keys(holderClaims({ ...max, session: null }))).toEqual(['org', 'roles', 'permissions']);
  });

  it('name who acts for the subject', () => {
    expect(holderClaims({ ...max, actor: { sub: 'service' } })).toMatchObject({ act: { sub: 'service' } });
  });
});

describe('An access token', () => {
  it('says all that there is room for', () => {
    const payload = whole(max);

    expect(fitAccessToken(payload, 'ES256', permissionSetReference)).toEqual(payload);
  });

  it.each([
    ['200 permissions', { ...max, permissions: many(200) }, ['permissions']],
    ['10,000 permissions', { ...max, permissions: many(10_000) }, ['permissions']],
    [
      '200 permissions in letters of four bytes',
      { ...max, permissions: many(200).map((name) => `𝒳${name}`) },
      ['permissions'],
    ],
    [
      '200 roles and 200 permissions',
      { ...max, roles: many(200), permissions: many(200) },
      ['permissions', 'roles'],
    ],
  ] as const)(
    'with %s names the set of permissions, and fits into a header of 4 KB',
    async (_, holder, missing) => {
      for (const [alg, key] of algorithms) {
        const payload = fitAccessToken(whole(holder), alg, permissionSetReference);

        for (const claim of missing) expect(payload).not.toHaveProperty(claim);
        expect(payload.permission_set).toBe(permissionSetReference(holder.permissions));
        expect(await headerLength(payload, alg, key())).toBeLessThan(4_096);
      }
    },
  );

  it('is never longer than it was expected to be', async () => {
    for (const [alg, key] of algorithms) {
      for (const count of [0, 1, 30, 60]) {
        const payload = whole({ ...max, permissions: many(count) });
        const token = await signed(payload, alg, key());

        expect(token.length).toBeLessThanOrEqual(signedLength(payload, alg));
        expect(token.length).toBeGreaterThan(signedLength(payload, alg) - 20);
      }
    }
  });

  it('keeps its permissions up to the last one that fits', () => {
    const lengths = Array.from({ length: 100 }, (_, count) => {
      const payload = fitAccessToken(
        whole({ ...max, permissions: many(count) }),
        'ES256',
        permissionSetReference,
      );
      return 'permissions' in payload ? signedLength(payload, 'ES256') : 0;
    });

    expect(Math.max(...lengths)).toBeLessThanOrEqual(mostTokenCharacters);
    expect(Math.max(...lengths)).toBeGreaterThan(mostTokenCharacters - 100);
  });
});

describe('The name of a set of permissions', () => {
  it('is the same for the same set, in whatever order', () => {
    expect(permissionSetReference(['b:x', 'a:y'])).toBe(permissionSetReference(['a:y', 'b:x']));
    expect(permissionSetReference(['a:y'])).not.toBe(permissionSetReference(['a:y', 'b:x']));
    expect(permissionSetReference(['a:y', 'b:x'])).toMatch(/^urn:tenantry:permission-set:[\w-]{43}$/);
  });
});

describe('What a token for the product’s own API may', () => {
  const claims = new AccessTokenClaims();

  it.each([
    [
      'what is held and granted',
      ['users:read', 'users:write'],
      ['users:read', 'roles:read'],
      false,
      ['users:read'],
    ],
    ['what is held of a whole resource that is granted', ['users:read'], ['users:*'], false, ['users:read']],
    ['what is granted of everything that is held', ['*'], ['users:read'], false, ['users:read']],
    ['nothing without a scope', ['*'], [], false, []],
    ['nothing that is not held', [], ['*'], false, []],
    ['nothing of the platform elsewhere', ['*'], ['*', 'platform:organizations'], false, ['*']],
    ['the platform’s on the platform', ['*'], ['platform:organizations'], true, ['platform:organizations']],
  ])('is %s', (_, held, scopes, isPlatform, expected) => {
    expect(claims.granted(held, scopes, isPlatform)).toEqual(expected);
  });
});

function signed(payload: object, alg: string, key: Parameters<SignJWT['sign']>[0]): Promise<string> {
  return new SignJWT(payload as never)
    .setProtectedHeader({ alg, typ: 'at+jwt', kid: 'k'.repeat(43) })
    .sign(key);
}

async function headerLength(
  payload: object,
  alg: string,
  key: Parameters<SignJWT['sign']>[0],
): Promise<number> {
  return `Authorization: Bearer ${await signed(payload, alg, key)}\r\n`.length;
}
