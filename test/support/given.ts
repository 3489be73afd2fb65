import type { ApiClient } from './api-client.js';
import { issueToken } from '../../src/platform/crypto/secret-token.js';
import { newId } from '../../src/platform/crypto/uuid.js';
import type { TestTables } from './test-tables.js';

export interface TestOrganization {
  id: string;
  slug: string;
  name: string;
}

export interface TestUser {
  id: string;
  email: string;
  username: string | null;
  password: string;
  /** Of a session that has just signed in. */
  token: string;
  organizationId: string;
}

export interface TestApiKey {
  id: string;
  name: string;
  /** The key itself, to be used as any other credential. */
  token: string;
}

interface OrganizationOptions {
  slug?: string;
  name?: string;
  /** The registration policy, such as `{ mode: 'open' }`. */
  registration?: Record<string, unknown>;
  owner?: { email?: string; username?: string; fullName?: string };
}

interface UserOptions {
  email?: string;
  username?: string;
  fullName?: string;
  phoneNumber?: string;
  metadata?: Record<string, unknown>;
  status?: 'initializing' | 'active' | 'locked' | 'deactivated';
  emailVerifiedAt?: Date;
  /** Names of roles that exist. */
  roles?: string[];
  /** Made into a role of the user's own. */
  permissions?: string[];
}

/** The password of everybody: hashed once, because a hash costs more than the rest of a user. */
export const testPassword = 'violet lantern 57 over Moss Harbor';

/** The platform organization's slug. */
const platformSlug = 'platform';

/** The world in which a test begins. */
export class Given {
  readonly #seenAuditEvents = new Map<string, Set<string>>();
  #passwordHash: Promise<string> | undefined;
  #operator: Promise<TestUser> | undefined;
  #count = 0;

  constructor(
    private readonly api: ApiClient,
    private readonly tables: TestTables,
    private readonly hashPassword: (password: string) => Promise<string>,
  ) {}

  /** Acme, or another organization, made by an operator over HTTP, with Olga as its owner, signed in. */
  async organization(
    options: OrganizationOptions = {},
  ): Promise<{ organization: TestOrganization; owner: TestUser }> {
    const number = ++this.#count;
    const name = options.name ?? 'Acme';
    const slug = options.slug ?? (number === 1 ? 'acme' : `acme-${number}`);
    const { username, fullName = 'Olga Owner', email = `olga@${slug}.example` } = options.owner ?? {};
    const response = await this.api.as(await this.operator()).post('/v1/organizations', {
      name,
      slug,
      owner: { email, fullName, password: testPassword, ...(username !== undefined && { username }) },
    });
    if (response.status !== 201) throw new Error(`no organization could be made: ${response.text}`);
    const organization: TestOrganization = { id: response.body.id as string, slug, name };
    const owner = await this.signedIn(organization, email);
    if (options.registration) {
      const path = `/v1/organizations/${slug}/policies/registration`;
      const set = await this.api.as(owner).put(path, options.registration);
      if (set.status !== 200) throw new Error(`the registration policy could not be set: ${set.text}`);
    }
    await this.forgetAudit(organization);
    return { organization, owner };
  }

  /** A user with a password and a session. Written directly: no audit event, no hash. */
  async user(organization: TestOrganization, options: UserOptions = {}): Promise<TestUser> {
    const id = newId();
    const number = ++this.#count;
    const email = options.email ?? `user-${number}@${organization.slug}.example`;
    await this.tables.query(
      `insert into tenantry.users (org_id, id, email, username, full_name, phone_number, metadata, status,
                                   email_verified_at, password_hash, password_changed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now())`,
      [
        organization.id,
        id,
        email,
        options.username ?? null,
        options.fullName ?? null,
        options.phoneNumber ?? null,
        JSON.stringify(options.metadata ?? {}),
        options.status ?? 'active',
        options.emailVerifiedAt ?? null,
        await this.passwordHash(),
      ],
    );
    const roles = [...(options.roles ?? [])];
    if (options.permissions) {
      const role = `role-${number}`;
      await this.role(organization, role, options.permissions);
      roles.push(role);
    }
    for (const role of roles) await this.grant(organization, id, role);
    const token = await this.session({ id, organizationId: organization.id });
    const { username = null } = options;
    return { id, email, username, password: testPassword, token, organizationId: organization.id };
  }

  /** A role of the organization's own. Written directly. */
  async role(
    organization: TestOrganization,
    name: string,
    permissions: string[] = [],
  ): Promise<{ id: string; name: string }> {
    const id = newId();
    await this.tables.query('insert into tenantry.roles (org_id, id, name) values ($1, $2, $3)', [
      organization.id,
      id,
      name,
    ]);
    await this.tables.query(
      `insert into tenantry.role_permissions (org_id, role_id, permission) select $1, $2, unnest($3::text[])`,
      [organization.id, id, permissions],
    );
    return { id, name };
  }

  /** One more session of a user. Written directly; lifetimes are those of a browser. */
  async session(user: { id: string; organizationId: string }): Promise<string> {
    const { token, tokenHash } = issueToken('session', user.organizationId);
    await this.tables.query(
      `insert into tenantry.sessions
         (org_id, user_id, token_hash, amr, ip, user_agent, idle_lifetime_seconds, idle_expires_at, expires_at)
       values ($1, $2, $3, '{pwd}', '127.0.0.1', 'tests', 604800, now() + interval '7 days', now() + interval '30 days')`,
      [user.organizationId, user.id, tokenHash],
    );
    return token;
  }

  /** An API key of a user. Written directly. */
  async apiKey(
    user: { id: string; organizationId: string },
    options: { permissions?: string[]; name?: string; expiresAt?: Date } = {},
  ): Promise<TestApiKey> {
    const id = newId();
    const name = options.name ?? `key ${++this.#count}`;
    const { token, tokenHash } = issueToken('api-key', user.organizationId);
    await this.tables.query(
      `insert into tenantry.api_keys (org_id, id, user_id, name, prefix, key_hash, permissions, expires_at, created_by)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $3)`,
      [
        user.organizationId,
        id,
        user.id,
        name,
        token.slice(0, 16),
        tokenHash,
        options.permissions ?? ['*'],
        options.expiresAt ?? null,
      ],
    );
    return { id, name, token };
  }

  /** A signed-in operator; the same one each time. */
  operator(): Promise<TestUser> {
    return (this.#operator ??= this.makeOperator());
  }

  async platformOrganization(): Promise<TestOrganization> {
    const [organization] = await this.tables.query<TestOrganization>(
      'select id, slug, name from tenantry.organizations where is_platform',
    );
    if (!organization) throw new Error('the server has made no platform organization');
    return organization;
  }

  /** What was recorded since the organization was given, oldest first: `role.created`, `access.refused (refused)`. */
  async auditOf(organization: TestOrganization): Promise<string[]> {
    const events = await this.auditEventsOf(organization);
    return events.map(({ action, outcome }) => (outcome === 'done' ? action : `${action} (${outcome})`));
  }

  /** The same with everything that an event says, in the names of the columns. */
  async auditEventsOf(organization: TestOrganization): Promise<AuditRow[]> {
    const seen = this.#seenAuditEvents.get(organization.id);
    const events = await this.tables.auditEvents<AuditRow>(organization.id);
    return events.filter(({ id }) => !seen?.has(id));
  }

  /** Begins `auditOf` anew. */
  async forgetAudit(organization: TestOrganization): Promise<void> {
    const events = await this.tables.auditEvents<AuditRow>(organization.id);
    this.#seenAuditEvents.set(organization.id, new Set(events.map(({ id }) => id)));
  }

  /** Moves every time of the organization's rows into the past, as if that long had passed (`31 minutes`). */
  async timePasses(organization: TestOrganization, interval: string): Promise<void> {
    await this.tables.shiftIntoPast(organization.id, interval);
  }

  /** Fingerprint of everything the organization has, to assert that nothing was written. */
  snapshot(organization: TestOrganization): Promise<Record<string, string>> {
    return this.tables.snapshot(organization.id);
  }

  async grant(organization: TestOrganization, userId: string, role: string): Promise<void> {
    const granted = await this.tables.query(
      `insert into tenantry.user_roles (org_id, user_id, role_id)
       select org_id, $2, id from tenantry.roles where org_id = $1 and name = $3 returning 1`,
      [organization.id, userId, role],
    );
    if (granted.length === 0) throw new Error(`there is no role "${role}" in ${organization.slug}`);
  }

  private async makeOperator(): Promise<TestUser> {
    return this.user(await this.platformOrganization(), {
      email: `operator@${platformSlug}.example`,
      roles: ['owner'],
    });
  }

  private async signedIn(organization: TestOrganization, email: string): Promise<TestUser> {
    const [user] = await this.tables.query<{ id: string; username: string | null }>(
      'select id, username from tenantry.users where org_id = $1 and email = $2',
      [organization.id, email],
    );
    if (!user) throw new Error(`${organization.slug} was made without its owner`);
    const token = await this.session({ id: user.id, organizationId: organization.id });
    return { ...user, email, password: testPassword, token, organizationId: organization.id };
  }

  private passwordHash(): Promise<string> {
    return (this.#passwordHash ??= this.hashPassword(testPassword));
  }
}

export interface AuditRow {
  id: string;
  created_at: Date;
  outcome: 'done' | 'refused';
  actor_type: string;
  actor_id: string | null;
  action: string;
  target_type: string | null;
  target_id: string | null;
  change: Record<string, unknown>;
  ip: string | null;
  user_agent: string | null;
  request_id: string | null;
}
