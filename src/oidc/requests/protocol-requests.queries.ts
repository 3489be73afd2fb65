import type { ApplicationRow } from '../../applications/applications.service.js';
import type { AuditEvent } from '../../audit/audit.service.js';
import type { Database } from '../../platform/database/database.js';
import type { PolicyDocuments } from '../../policies/policies.service.js';
import type { Issuer } from '../issuer.types.js';
import type { Payload } from '../store/artifacts.queries.js';

/** What a request names, as far as that can be told before the engine judges it. */
export interface Asked {
  readonly slug: string;
  readonly applicationId: string | null;
  readonly secretHash: Buffer | null;
  /** Of what the engine stored; alone (`ClientCredentials`) it asks for what the application holds. */
  readonly kind: string | null;
  readonly idHash: Buffer | null;
  readonly sessionHash: Buffer | null;
}

interface StoredArtifact {
  readonly payload: Payload;
  readonly is_consumed: boolean;
  readonly grant_payload: Payload | null;
  readonly amr: string[] | null;
  /** ISO 8601, like every time here. */
  readonly auth_time: string | null;
  readonly session_ends_at: string | null;
}

interface StoredSession {
  readonly id: string;
  readonly user_id: string;
  readonly amr: string[];
  readonly auth_time: string;
  readonly ends_at: string;
  readonly applications: Record<string, { sid: string; grantId?: string }>;
}

/** What the database says of it; null for what is not there, or not alive. */
export interface Known {
  readonly issuer: Issuer;
  readonly application: ApplicationRow | null;
  readonly policies: PolicyDocuments<'tokens'> | null;
  /** `due`: it is right, and its use is to be noted. */
  readonly secret: 'right' | 'due' | null;
  readonly held: { readonly roles: string[]; readonly permissions: string[] } | null;
  readonly artifact: StoredArtifact | null;
  readonly session: StoredSession | null;
  readonly grant: { readonly id: string; readonly payload: Payload } | null;
}

const read = {
  name: 'read_protocol_requests',
  text: 'select * from tenantry.read_protocol_requests($1::text[], $2::uuid[], $3::bytea[], $4::text[], $5::bytea[], $6::bytea[])',
};

/** Null for those whose organization is not there. */
export async function readRequests(database: Database, asked: readonly Asked[]): Promise<(Known | null)[]> {
  const rows = await database.call<{ ordinal: number; answer: Known }>(read, [
    asked.map(({ slug }) => slug),
    asked.map(({ applicationId }) => applicationId),
    asked.map(({ secretHash }) => secretHash),
    asked.map(({ kind }) => kind),
    asked.map(({ idHash }) => idHash),
    asked.map(({ sessionHash }) => sessionHash),
  ]);
  const answers = new Map(rows.map(({ ordinal, answer }) => [ordinal, answer]));
  return asked.map((_, index) => answers.get(index + 1) ?? null);
}

/** Hashes in hexadecimal. */
export interface NewArtifact {
  readonly idHash: string;
  readonly payload: Payload;
  /** Seconds since 1970. */
  readonly expiresAt: number;
  readonly grantId: string | null;
  readonly sessionId: string | null;
  readonly userId: string | null;
  readonly applicationId: string | null;
  readonly userCodeHash: string | null;
  readonly browserHash: string | null;
}

export type Step =
  | ({ readonly do: 'store'; readonly kind: string } & NewArtifact)
  | { readonly do: 'consume'; readonly kind: string; readonly idHash: string }
  | {
      readonly do: 'rotate';
      readonly idHash: string;
      readonly successorHash: string;
      readonly sealed: string;
      readonly payload: Payload;
      readonly expiresAt: number;
    }
  | ({ readonly do: 'record'; readonly ip: string | null; readonly userAgent: string | null } & {
      readonly requestId: string | null;
    } & Omit<AuditEvent, 'origin'>);

export interface Written {
  readonly verdict: 'done' | 'repeated' | 'reused';
  /** With `repeated`: the first successor, sealed. */
  readonly sealed: string | null;
}

const write = {
  name: 'write_protocol_requests',
  text: 'select verdict, sealed from tenantry.write_protocol_requests($1::jsonb)',
};

export function writeRequests(
  database: Database,
  requests: readonly { readonly organization: string; readonly steps: readonly Step[] }[],
): Promise<Written[]> {
  return database.call<Written & object>(write, [JSON.stringify(requests)]);
}
