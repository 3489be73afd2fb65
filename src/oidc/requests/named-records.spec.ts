import { describe, expect, it } from '@jest/globals';
import { hashToken, issueToken } from '../../platform/crypto/secret-token.js';
import { newId } from '../../platform/crypto/uuid.js';
import { askedByApplication, askedByBrowser } from './named-records.js';

const organizationId = newId();
const clientId = newId();
const { token: secret } = issueToken('client-secret', organizationId);
const basic = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;

function asked(form: Record<string, string>, authorization?: string, route = '/token') {
  return askedByApplication('acme', route, (name) => form[name] ?? null, authorization);
}

describe('What a request names', () => {
  it('is the application and its secret, wherever these are', () => {
    const both = { applicationId: clientId, secretHash: hashToken(secret) };
    const assertion = `x.${Buffer.from(JSON.stringify({ sub: clientId })).toString('base64url')}.x`;

    expect(asked({}, basic)).toMatchObject(both);
    expect(asked({ client_id: clientId, client_secret: secret })).toMatchObject(both);
    expect(asked({ client_assertion: assertion })).toMatchObject({ ...both, secretHash: null });
    expect(asked({ client_assertion: 'x.e30.x' })).toMatchObject({ applicationId: null });
    expect(asked({}, 'Basic ====')).toMatchObject({ applicationId: null, secretHash: null });
    expect(asked({}, 'Basic JSVlMDolJWUw')).toMatchObject({ applicationId: null, secretHash: null });
  });

  it('is what it gives back for tokens', () => {
    const refresh = issueToken('refresh-token', organizationId);

    expect(asked({ grant_type: 'refresh_token', refresh_token: refresh.token })).toMatchObject({
      kind: 'RefreshToken',
      idHash: refresh.tokenHash,
    });
    expect(asked({ grant_type: 'authorization_code', code: 'abc' })).toMatchObject({
      kind: 'AuthorizationCode',
      idHash: hashToken('abc'),
    });
    expect(asked({ grant_type: 'client_credentials' })).toMatchObject({
      kind: 'ClientCredentials',
      idHash: null,
    });
    expect(asked({ token: refresh.token }, basic, '/token/introspection')).toMatchObject({
      kind: 'RefreshToken',
    });
    expect(asked({ grant_type: 'refresh_token', refresh_token: 'made up' })).toMatchObject({ kind: null });
  });

  it('is nothing that the database would choke on', () => {
    expect(askedByBrowser('ac\0me', clientId, null)).toBeNull();
    expect(askedByApplication('ac\0me', '/token', () => null, undefined)).toBeNull();
    expect(askedByBrowser('acme', ['twice', 'named'], 'no token')).toMatchObject({
      applicationId: null,
      sessionHash: null,
    });
    expect(asked({ client_id: '\0', client_secret: '\0' })).toMatchObject({
      applicationId: null,
      secretHash: null,
    });
  });
});
