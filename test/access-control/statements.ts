import { jest } from '@jest/globals';
import pg from 'pg';

/** How many statements the app sends to PostgreSQL while it does that. */
export async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const sent = jest.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    return sent.mock.calls.length;
  } finally {
    sent.mockRestore();
  }
}
