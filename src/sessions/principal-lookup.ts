import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { parseToken } from '../platform/crypto/secret-token.js';
import { connectionOptions } from '../platform/database/connection.js';
import { isDatabaseUnavailable } from '../platform/database/database-errors.js';
import { SERVER_DATABASE_URL } from '../platform/database/database.js';
import { LOG, type Log } from '../platform/log/log.js';
import { PermissionSet } from '../platform/access/permission-set.js';

export type SecretKind = 'session' | 'api-key';

/** What a principal is found by: a secret of its own, or what a token says whose signature has been verified. */
export type PrincipalKind = SecretKind | 'access-token' | 'application';

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
  readonly kind: PrincipalKind;
  readonly #row: Row;
  readonly #limits: TokenLimits | undefined;
  #permissions: PermissionSet | undefined;

  constructor(kind: PrincipalKind, row: Row, limits?: TokenLimits) {
    this.kind = kind;
    this.#row = row;
    this.#limits = limits;
  }

  /** The same within what a token says. */
  limitedBy(limits: TokenLimits): FoundPrincipal {
    return new FoundPrincipal(this.kind, this.#row, limits);
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
    const scopes = this.#limits?.scopes ?? null;
    return (this.#permissions ??= new PermissionSet(
      [parseTexts(own), ...(ofKey === null ? [] : [parseTexts(ofKey)]), ...(scopes === null ? [] : [scopes])],
      this.isPlatform,
    ));
  }

  /** The application that a token was issued to. */
  get applicationId(): string | null {
    return this.#limits?.applicationId ?? null;
  }

  /** The body of the validation endpoint; null for API keys. */
  get answer(): string | null {
    return this.#limits === undefined ? this.#row[11] : this.#limits.answer(this.permissions.names());
  }

  /** Asked for with a subject only. */
  get grants(): readonly FoundRole[] | null {
    return this.#row[12] === null ? null : (JSON.parse(this.#row[12]) as FoundRole[]);
  }
}

/** What a token adds to what the database says of its holder. */
export interface TokenLimits {
  readonly applicationId: string;
  /** What was granted, where that limits permissions. */
  readonly scopes: readonly string[] | null;
  /** The body of the validation endpoint, made of what is left of the permissions. */
  readonly answer: (permissions: readonly string[]) => string;
}

interface Waiting {
  readonly kind: PrincipalKind;
  readonly orgId: string;
  /** Of a secret; or what a token names. */
  readonly secretHash: Buffer;
  readonly subjectId: string | null;
  readonly found: Promise<FoundPrincipal | null>;
  readonly resolve: (found: FoundPrincipal | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Two statements on their way keep the database busy while the next batch gathers; more only make batches smaller. */
const statementsInFlight = 2;
/** So many go as one statement, even if another one could go beside it. */
const smallBatch = 8;

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
    return this.ask(key, kind, reference.organizationId, reference.tokenHash, subjectId);
  }

  /**
   * The holder that a token names, or null where the database says that it is dead. Whoever asks has verified the
   * signature: nothing of this is a secret.
   *
   * @param reference see `find_token_holders`
   */
  findHolder(
    kind: 'access-token' | 'application',
    orgId: string,
    reference: Buffer,
    subjectId: string | null = null,
  ): Promise<FoundPrincipal | null> {
    const key = `${kind} ${orgId} ${reference.toString('latin1')} ${subjectId}`;
    return this.#waiting.get(key)?.found ?? this.ask(key, kind, orgId, reference, subjectId);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#pool.end();
  }

  private ask(
    key: string,
    kind: PrincipalKind,
    orgId: string,
    secretHash: Buffer,
    subjectId: string | null,
  ): Promise<FoundPrincipal | null> {
    const { promise, resolve, reject } = Promise.withResolvers<FoundPrincipal | null>();
    this.#waiting.set(key, { kind, orgId, secretHash, subjectId, found: promise, resolve, reject });
    this.schedule();
    return promise;
  }

  private schedule(): void {
    if (this.#scheduled || this.#inFlight >= statementsInFlight) return;
    this.#scheduled = true;
    // Behind the poll phase: everything that arrived with this turn is gathered by then.
    setImmediate(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  /**
   * What waits is shared out among the statements that may go. As one batch it would come back as one, its callers would
   * ask again as one, and server and database would wait for each other in turn.
   */
  private flush(): void {
    for (let free = statementsInFlight - this.#inFlight; free > 0 && this.#waiting.size > 0; free--)
      void this.send(this.take(Math.max(smallBatch, Math.ceil(this.#waiting.size / free))));
  }

  private take(most: number): Waiting[] {
    const batch: Waiting[] = [];
    for (const [key, waiting] of this.#waiting) {
      if (batch.length === most) break;
      batch.push(waiting);
      this.#waiting.delete(key);
    }
    return batch;
  }

  private async send(batch: readonly Waiting[]): Promise<void> {
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
      if (row[10] === isTrue)
        this.#reportUse?.(waiting.kind as SecretKind, waiting.orgId, waiting.secretHash);
      waiting.resolve(new FoundPrincipal(waiting.kind, row));
    }
    // Resolving what is resolved does nothing: this is for those that no row came for.
    for (const { resolve } of batch) resolve(null);
  }
}
