import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../platform/access/actor.js';
import { issueToken } from '../platform/crypto/secret-token.js';
import { newId } from '../platform/crypto/uuid.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Cursors, defaultPageSize, type PageQuery } from '../platform/http/lists.js';
import { type SessionPage, sessionView, type SessionView } from './session.view.js';
import { endSession, endSessionsOf, insertSession, listSessions } from './sessions.queries.js';

export interface SessionStart {
  userId: string;
  origin: RequestOrigin;
  /** How the person proved who they are (RFC 8176). */
  methods: readonly string[];
  lifetimes: { idleSeconds: number; absoluteSeconds: number };
  /** The hash that the password was verified against: a change in between refuses the session. */
  provenPasswordHash?: string | null;
}

/** Starting, listing and ending sessions, inside the caller's transaction. */
@Injectable()
export class Sessions {
  constructor(private readonly cursors: Cursors) {}

  /** A new session and its token, which is shown this once; null when the user may not have one any more. */
  async create(
    tx: Transaction,
    start: SessionStart,
  ): Promise<{ token: string; session: SessionView } | null> {
    const { token, tokenHash } = issueToken('session', tx.organizationId);
    const id = newId();
    const row = await insertSession(tx, {
      id,
      tokenHash,
      userId: start.userId,
      ip: start.origin.ip,
      userAgent: start.origin.userAgent,
      methods: start.methods,
      idleSeconds: start.lifetimes.idleSeconds,
      absoluteSeconds: start.lifetimes.absoluteSeconds,
      provenPasswordHash: start.provenPasswordHash ?? null,
    });
    return row === null ? null : { token, session: sessionView(row, id) };
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

  /** @returns whether that user had such a living session */
  end(tx: Transaction, sessionId: string, userId: string): Promise<boolean> {
    return endSession(tx, sessionId, userId);
  }

  /** @returns how many were ended */
  endAllOf(tx: Transaction, userId: string, exceptId: string | null = null): Promise<number> {
    return endSessionsOf(tx, userId, exceptId);
  }
}
