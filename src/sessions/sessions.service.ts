import { Injectable } from '@nestjs/common';
import { issueToken } from '../platform/crypto/secret-token.js';
import { newId } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Cursors, defaultPageSize, type PageQuery } from '../platform/http/lists.js';
import { type SessionPage, sessionView, type SessionView } from './session.view.js';
import {
  endSession,
  endSessionsOf,
  findSession,
  listSessions,
  type NewSession,
  type Reauthentication,
  reauthenticateSession,
  type SessionRow,
  startSessionStatement,
  startSessionValues,
} from './sessions.queries.js';

export type SessionStart = Omit<NewSession, 'id' | 'tokenHash' | 'organizationId'>;
/** What a new session is told by: its token is shown this once. */
export interface NewSessionToken {
  readonly token: string;
  readonly session: SessionView;
}

/** Starting, listing and ending sessions. */
@Injectable()
export class Sessions {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
  ) {}

  /** Starts a session as a unit of work of its own; null when the user may not have one any more. */
  startAlone(organizationId: string, start: SessionStart): Promise<NewSessionToken | null> {
    return begin(organizationId, start, (values) =>
      this.database.call<SessionRow>(startSessionStatement, values),
    );
  }

  /** The same within a transaction. */
  start(tx: Transaction, start: SessionStart): Promise<NewSessionToken | null> {
    return begin(tx.organizationId, start, (values) =>
      tx.query<SessionRow>(startSessionStatement.text, values),
    );
  }

  /**
   * The person of a living session has proven anew who they are: the row stays, with everything that belongs to it, and
   * the token that it was told by until now is worth nothing. Null when it has ended, or the password changed meanwhile.
   */
  async reauthenticate(
    tx: Transaction,
    proof: Omit<Reauthentication, 'tokenHash'>,
  ): Promise<(NewSessionToken & { readonly endsAt: Date }) | null> {
    const { token, tokenHash } = issueToken('session', tx.organizationId);
    const row = await reauthenticateSession(tx, { ...proof, tokenHash });
    return row === null ? null : { token, session: sessionView(row, row.id), endsAt: row.expires_at };
  }

  async listOf(
    tx: Transaction,
    userId: string,
    query: PageQuery = {},
    currentId: string | null = null,
  ): Promise<SessionPage> {
    const limit = query.limit ?? defaultPageSize;
    const list = ['sessions', tx.organizationId, userId];
    const position = this.cursors.decode(list, query.cursor);
    const before = position === null ? null : { createdAt: position[0]!, id: position[1]! };
    const rows = await listSessions(tx, userId, before, limit + 1);
    const page = this.cursors.page(rows, limit, list, (row) => [row.position, row.id]);
    return { items: page.rows.map((row) => sessionView(row, currentId)), nextCursor: page.nextCursor };
  }

  /** The living session of a user, or null. */
  async find(tx: Transaction, sessionId: string, userId: string): Promise<SessionView | null> {
    const row = await findSession(tx, sessionId, userId);
    return row && sessionView(row, null);
  }

  /** @returns whether that user had such a living session */
  end(tx: Transaction, sessionId: string, userId: string): Promise<boolean> {
    return endSession(tx, sessionId, userId);
  }

  /** @returns how many were ended */
  endAllOf(tx: Transaction, userId: string, exceptId: string | null = null): Promise<number> {
    return endSessionsOf(tx, userId, exceptId);
  }
}

async function begin(
  organizationId: string,
  start: SessionStart,
  insert: (values: unknown[]) => Promise<SessionRow[]>,
): Promise<NewSessionToken | null> {
  const { token, tokenHash } = issueToken('session', organizationId);
  const id = newId();
  const [row] = await insert(startSessionValues({ ...start, organizationId, id, tokenHash }));
  return row === undefined ? null : { token, session: sessionView(row, id) };
}
