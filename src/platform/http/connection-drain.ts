import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Time for kept connections to be used once more, and so to be told that they end. */
const drainMilliseconds = 1_000;
const sweepMilliseconds = 50;

/**
 * Lets clients go before the server stops. Closing a kept connection under a client that just writes to it would fail
 * that request, so each answer says `Connection: close` for a while first (RFC 9112, section 9.6).
 */
export async function drainConnections(server: Server): Promise<void> {
  server.prependListener('request', (_, response) => {
    response.shouldKeepAlive = false;
  });
  await sleep(drainMilliseconds);
}

/** Closes what becomes idle while the server stops; its own close looks only once. Ends with `stop`. */
export async function closingIdleConnections(server: Server, stop: () => Promise<void>): Promise<void> {
  const sweep = setInterval(() => server.closeIdleConnections(), sweepMilliseconds);
  try {
    await stop();
  } finally {
    clearInterval(sweep);
  }
}
