import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { parseToken } from '../platform/crypto/secret-token.js';
import { connectionOptions } from '../platform/database/connection.js';
import { isDatabaseUnavailable } from '../platform/database/database-errors.js';
import { SERVER_DATABASE_URL } from '../platform/database/database.js';
import { LOG, type Log } from '../platform/log/log.js';
import { PermissionSet } from '../platform/access/permission-set.js';

export type SecretKind = 'session' | 'api-key';

export type ReportUse = (kind: SecretKind, orgId: string, secretHash: Buffer) => void;

/** One way by which a role reaches a user. */
export interface FoundGrant {
  readonly role: string;
  readonly team: string | null;
  readonly expiresAt: string | null;
  readonly permissions: readonly string[];
}

type Row = [
  ordinal: number,
  id: string,
  orgId: string,
  orgSlug: string,
  isPlatform: boolean,
  userId: string,
  authTimeMs: number | null,
  roleNames: string[],
  permissionNames: string[],
  keyPermissions: string[] | null,
  needsTouch: boolean,
  answer: string | null,
  grants: FoundGrant[] | null,
];

/** Who holds a secret, as the database said after the request came in. */
export class FoundPrincipal {
  readonly kind: SecretKind;
  readonly id: string;
  readonly orgId: string;
  readonly orgSlug: string;
  readonly isPlatform: boolean;
  readonly userId: string;
  readonly authTimeMs: number | null;
  readonly roleNames: readonly string[];
  /** The body of the validation endpoint; null for API keys. */
  readonly answer: string | null;
  /** Asked for with a subject only. */
  readonly grants: readonly FoundGrant[] | null;
  readonly #permissionLayers: readonly (readonly string[])[];
  #permissions: PermissionSet | undefined;

  constructor(kind: SecretKind, row: Row) {
    this.kind = kind;
    [, this.id, this.orgId, this.orgSlug, this.isPlatform, this.userId, this.authTimeMs, this.roleNames] =
      row;
    this.#permissionLayers = row[9] === null ? [row[8]] : [row[8], row[9]];
    this.answer = row[11];
    this.grants = row[12];
  }

  get permissions(): PermissionSet {
    return (this.#permissions ??= new PermissionSet(this.#permissionLayers, this.isPlatform));
  }
}

interface Waiting {
  readonly kind: SecretKind;
  readonly orgId: string;
  readonly secretHash: Buffer;
  readonly subjectId: string | null;
  readonly resolve: (found: FoundPrincipal | null) => void;
  readonly reject: (error: unknown) => void;
  /** The same look-up asked for again in the same turn. */
  readonly others: Waiting[];
}

/** Two statements on their way keep the database busy while the next batch gathers; more only make batches smaller. */
const statementsInFlight = 2;

const statement = {
  name: 'find_principals',
  text: 'select * from tenantry.find_principals($1::text[], $2::uuid[], $3::bytea[], $4::uuid[])',
  rowMode: 'array' as const,
};

/**
 * Finds the holders of secrets. Look-ups of one turn of the event loop go to the database as one named prepared
 * statement; nothing is remembered between statements, so every answer was read after its request came in.
 */
@Injectable()
export class PrincipalLookup implements OnApplicationShutdown {
  readonly #pool: pg.Pool;
  #waiting = new Map<string, Waiting>();
  #inFlight = 0;
  #scheduled = false;
  #reportUse: ReportUse | undefined;

  constructor(@Inject(SERVER_DATABASE_URL) url: string, @Inject(LOG) log: Log) {
    this.#pool = new pg.Pool({
      ...connectionOptions('tenantry-lookup'),
      connectionString: url,
      max: statementsInFlight + 1,
      idleTimeoutMillis: 0,
    });
    this.#pool.on('error', (error) => log.warn({ error }, 'an idle look-up connection was lost'));
  }

  /** Who is told of secrets whose last use is due to be recorded. */
  reportUsesTo(report: ReportUse): void {
    this.#reportUse = report;
  }

  get pool(): pg.Pool {
    return this.#pool;
  }

  /** Look-ups that wait for the next statement. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * The holder of a credential, or null for everything that is not valid now.
   *
   * @param subjectId asks for grants as well: with an API key those of that user, with a session its own
   */
  find(
    kind: SecretKind,
    credential: string,
    subjectId: string | null = null,
  ): Promise<FoundPrincipal | null> {
    const reference = parseToken(kind, credential);
    if (reference === null) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      const { organizationId: orgId, tokenHash: secretHash } = reference;
      const waiting: Waiting = { kind, orgId, secretHash, subjectId, resolve, reject, others: [] };
      const key = subjectId === null ? credential : `${credential} ${subjectId}`;
      const same = this.#waiting.get(key);
      if (same) same.others.push(waiting);
      else this.#waiting.set(key, waiting);
      this.schedule();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#pool.end();
  }

  private schedule(): void {
    if (this.#scheduled || this.#inFlight >= statementsInFlight) return;
    this.#scheduled = true;
    // Behind the poll phase: everything that arrived with this turn is gathered by then.
    setImmediate(() => {
      this.#scheduled = false;
      void this.flush();
    });
  }

  private async flush(): Promise<void> {
    const batch = [...this.#waiting.values()];
    this.#waiting = new Map();
    if (batch.length === 0) return;
    this.#inFlight += 1;
    try {
      const { rows } = await this.#pool.query<Row>({
        ...statement,
        values: [
          batch.map(({ kind }) => kind),
          batch.map(({ orgId }) => orgId),
          batch.map(({ secretHash }) => secretHash),
          batch.map(({ subjectId }) => subjectId),
        ],
      });
      this.answer(batch, rows);
    } catch (error) {
      // Who waits behind a silent database would wait as long again.
      const behind = isDatabaseUnavailable(error) ? [...this.#waiting.values()] : [];
      if (behind.length > 0) this.#waiting = new Map();
      for (const waiting of [...batch, ...behind]) settle(waiting, ({ reject }) => reject(error));
    } finally {
      this.#inFlight -= 1;
      if (this.#waiting.size > 0) this.schedule();
    }
  }

  private answer(batch: readonly Waiting[], rows: readonly Row[]): void {
    const found = new Array<FoundPrincipal | undefined>(batch.length);
    for (const row of rows) {
      const waiting = batch[row[0] - 1]!;
      found[row[0] - 1] = new FoundPrincipal(waiting.kind, row);
      if (row[10]) this.#reportUse?.(waiting.kind, waiting.orgId, waiting.secretHash);
    }
    batch.forEach((waiting, index) => settle(waiting, ({ resolve }) => resolve(found[index] ?? null)));
  }
}

function settle(waiting: Waiting, finish: (waiting: Waiting) => void): void {
  finish(waiting);
  for (const other of waiting.others) finish(other);
}
