import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

describe('What is not a request', () => {
  it.each([
    ['is no HTTP', 'HELLO THERE\r\n\r\n'],
    ['is the beginning of TLS', '\u0016\u0003\u0001\u0002\u0000\u0001'],
    ['has a header without a name', 'GET /healthz HTTP/1.1\r\nHost: x\r\n: value\r\n\r\n'],
    [
      'has more headers than anybody needs',
      `GET /healthz HTTP/1.1\r\nHost: x\r\nX-Much: ${'x'.repeat(20_000)}\r\n\r\n`,
    ],
    ['has an address without an end', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    [
      'says its length in two ways',
      'POST /v1/setup HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'says two lengths',
      'POST /v1/setup HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n{}{}',
    ],
    ['says no length that is a number', 'POST /v1/setup HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'],
    ['names no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
  ])('is refused and ends the connection: what %s', async (_, bytes) => {
    const answer = await exchange(bytes);

    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer.toLowerCase()).toContain('connection: close');
    if (bytes.includes('\r\nHost:'))
      expect(problemOf(answer)).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  it('harms nobody else', async () => {
    await exchange('\u0000'.repeat(1_000));

    expect((await app.api.get('/healthz')).status).toBe(200);
  });
});

/** Everything that comes back until the server closes. */
function exchange(bytes: string): Promise<string> {
  const { hostname, port } = new URL(app.origin);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes, 'latin1'));
    socket.setTimeout(5_000, () => socket.destroy(new Error('the server neither answered nor closed')));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve(answer) : reject(error),
    );
  });
}

function problemOf(answer: string): unknown {
  expect(answer.toLowerCase()).toContain('content-type: application/problem+json');
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
}
