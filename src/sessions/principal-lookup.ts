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

/** A role that reaches a user, and by which ways. */
export interface FoundRole {
  readonly role: string;
  readonly permissions: readonly string[];
  readonly ways: readonly { readonly team: string | null; readonly expiresAt: string | null }[];
}

/** As PostgreSQL writes it. Most of it is never asked for: a validation reads the organization and the answer alone. */
type Row = [
  ordinal: string,
  id: string,
  orgId: string,
  orgSlug: string,
  isPlatform: string,
  userId: string,
  authTimeMs: string | null,
  roleNames: string,
  permissionNames: string,
  keyPermissions: string | null,
  needsTouch: string,
  answer: string | null,
  grants: string | null,
];

const unparsed = { getTypeParser: () => (text: string) => text };
const isTrue = 't';
/** Its type knows no arrays by name. */
const textArray = 1009 as never;
const parseTexts = pg.types.getTypeParser(textArray) as (text: string) => string[];

/** Who holds a secret, as the database said after the request came in. */
export class FoundPrincipal {
  readonly kind: SecretKind;
  readonly #row: Row;
  #permissions: PermissionSet | undefined;

  constructor(kind: SecretKind, row: Row) {
    this.kind = kind;
    this.#row = row;
  }

  get id(): string {
    return this.#row[1];
  }

  get orgId(): string {
    return this.#row[2];
  }

  get orgSlug(): string {
    return this.#row[3];
  }

  get isPlatform(): boolean {
    return this.#row[4] === isTrue;
  }

  get userId(): string {
    return this.#row[5];
  }

  get authTimeMs(): number | null {
    return this.#row[6] === null ? null : Number(this.#row[6]);
  }

  get roleNames(): readonly string[] {
    return parseTexts(this.#row[7]);
  }

  get permissions(): PermissionSet {
    const [own, ofKey] = [this.#row[8], this.#row[9]];
    return (this.#permissions ??= new PermissionSet(
      ofKey === null ? [parseTexts(own)] : [parseTexts(own), parseTexts(ofKey)],
      this.isPlatform,
    ));
  }

  /** The body of the validation endpoint; null for API keys. */
  get answer(): string | null {
    return this.#row[11];
  }

  /** Asked for with a subject only. */
  get grants(): readonly FoundRole[] | null {
    return this.#row[12] === null ? null : (JSON.parse(this.#row[12]) as FoundRole[]);
  }
}

interface Waiting {
  readonly kind: SecretKind;
  readonly orgId: string;
  readonly secretHash: Buffer;
  readonly subjectId: string | null;
  readonly found: Promise<FoundPrincipal | null>;
  readonly resolve: (found: FoundPrincipal | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Two statements on their way keep the database busy while the next batch gathers; more only make batches smaller. */
const statementsInFlight = 2;

const statement = {
  name: 'find_principals',
  text: 'select * from tenantry.find_principals($1::text[], $2::uuid[], $3::bytea[], $4::uuid[])',
  rowMode: 'array' as const,
  types: unparsed,
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
    const key = subjectId === null ? credential : `${credential} ${subjectId}`;
    const same = this.#waiting.get(key);
    // A service sends its key with every request: what waits already needs no second hash either.
    if (same?.kind === kind && same.subjectId === subjectId) return same.found;
    const reference = parseToken(kind, credential);
    if (reference === null) return Promise.resolve(null);
    const { promise, resolve, reject } = Promise.withResolvers<FoundPrincipal | null>();
    const { organizationId: orgId, tokenHash: secretHash } = reference;
    this.#waiting.set(key, { kind, orgId, secretHash, subjectId, found: promise, resolve, reject });
    this.schedule();
    return promise;
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
      for (const { reject } of [...batch, ...behind]) reject(error);
    } finally {
      this.#inFlight -= 1;
      if (this.#waiting.size > 0) this.schedule();
    }
  }

  private answer(batch: readonly Waiting[], rows: readonly Row[]): void {
    for (const row of rows) {
      const waiting = batch[Number(row[0]) - 1]!;
      if (row[10] === isTrue) this.#reportUse?.(waiting.kind, waiting.orgId, waiting.secretHash);
      waiting.resolve(new FoundPrincipal(waiting.kind, row));
    }
    // Resolving what is resolved does nothing: this is for those that no row came for.
    for (const { resolve } of batch) resolve(null);
  }
}
