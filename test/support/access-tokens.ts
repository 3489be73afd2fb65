import { sign } from 'node:crypto';
import { Database } from '../../src/platform/database/database.js';
import { newId } from '../../src/platform/crypto/uuid.js';
import { parseToken } from '../../src/platform/crypto/secret-token.js';
import {
  type IssuerKey,
  type SigningAlgorithm,
  SigningKeys,
} from '../../src/signing-keys/signing-keys.service.js';
import type { TestApp, TestOrganization, TestUser } from './test-app.js';

const digests = { ES256: 'sha256', RS256: 'sha256', EdDSA: null } as const;

export interface TestApplication {
  id: string;
  name: string;
}

/** Access tokens as the protocol issues them, made directly. */
export class TestTokens {
  constructor(private readonly app: TestApp) {}

  issuer({ slug }: { slug: string }): string {
    return `${this.app.origin}/o/${slug}`;
  }

  async application(
    organization: TestOrganization,
    { type = 'web', roles = [] }: { type?: 'web' | 'machine'; roles?: string[] } = {},
  ): Promise<TestApplication> {
    const id = newId();
    const name = `Application ${id.slice(-6)}`;
    await this.app.sql(
      `insert into applications (org_id, id, name, type, grant_types, token_endpoint_auth_method)
       values ($1, $2, $3, $4, $5, 'client_secret_basic')`,
      [organization.id, id, name, type, type === 'web' ? ['authorization_code'] : ['client_credentials']],
    );
    await this.app.sql(
      `insert into application_roles (org_id, application_id, role_id)
       select org_id, $2, id from roles where org_id = $1 and name = any ($3)`,
      [organization.id, id, roles],
    );
    return { id, name };
  }

  /** The session that a token of a user is of. */
  async sessionOf(user: TestUser): Promise<string> {
    const [row] = await this.app.sql('select id from sessions where org_id = $1 and token_hash = $2', [
      user.organizationId,
      parseToken('session', user.token)!.tokenHash,
    ]);
    return row.id as string;
  }

  /** What an application gets when somebody signs in to it: a grant in their session. */
  async grant(user: TestUser, application: TestApplication): Promise<{ grantId: string; sessionId: string }> {
    const [grantId, sessionId] = [newId(), await this.sessionOf(user)];
    await this.app.sql(
      `insert into oidc_grants (org_id, id, user_id, application_id, session_id, payload) values ($1, $2, $3, $4, $5, '{}')`,
      [user.organizationId, grantId, user.id, application.id, sessionId],
    );
    await this.app.sql(
      `insert into oidc_session_applications (org_id, session_id, application_id, sid, grant_id) values ($1, $2, $3, $4, $5)
       on conflict (org_id, session_id, application_id) do update set grant_id = excluded.grant_id`,
      [user.organizationId, sessionId, application.id, newId(), grantId],
    );
    return { grantId, sessionId };
  }

  /** A token of a person, for the product's own API unless told. */
  async of(
    organization: TestOrganization,
    user: TestUser,
    application: TestApplication,
    options: {
      scope?: string;
      claims?: Record<string, unknown>;
      header?: Record<string, unknown>;
      alg?: SigningAlgorithm;
    } = {},
  ): Promise<string> {
    const claims = {
      sub: user.id,
      client_id: application.id,
      sid: await this.sessionOf(user),
      scope: options.scope ?? '*',
      ...options.claims,
    };
    return this.mint(organization, claims, options);
  }

  /** A token that a machine has for itself. */
  ofMachine(organization: TestOrganization, application: TestApplication, scope = '*'): Promise<string> {
    return this.mint(organization, { sub: application.id, client_id: application.id, scope });
  }

  async mint(
    organization: TestOrganization,
    claims: Record<string, unknown>,
    { header = {}, alg = 'ES256' }: { header?: Record<string, unknown>; alg?: SigningAlgorithm } = {},
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const key = await this.signingKey(organization, alg);
    const payload = {
      iss: this.issuer(organization),
      aud: `urn:tenantry:${organization.slug}`,
      iat: now,
      exp: now + 300,
      jti: newId(),
      ...claims,
    };
    return signed(key, { alg, typ: 'at+jwt', kid: key.kid, ...header }, payload);
  }

  signingKey({ id }: TestOrganization, alg: SigningAlgorithm = 'ES256'): Promise<IssuerKey> {
    return this.app.get(Database).forOrganization(id, async (tx) => {
      await this.app.get(SigningKeys).ensure(tx, alg);
      const keys = await this.app.get(SigningKeys).ofIssuer(tx);
      return keys.find((key) => key.alg === alg && key.privateKey !== null)!;
    });
  }
}

export function signed(key: IssuerKey, header: object, payload: object): string {
  const text = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign(digests[key.alg], Buffer.from(text), {
    key: key.privateKey!,
    dsaEncoding: 'ieee-p1363',
  });
  return `${text}.${signature.toString('base64url')}`;
}
