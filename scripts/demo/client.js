import { requireAnswer, tell } from './narrator.js';

/**
 * Asks the server, tells about it, and insists on the promised answer.
 *
 * @param who `{ name, token? }`: who asks, and with which credential
 * @param expected `{ status, body? }`; see `requireAnswer`
 * @param show which members of the answer are worth reading
 */
export function createClient(origin) {
  return async function ask(who, method, path, { body, expected, show } = {}) {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(who.token !== undefined && { authorization: `Bearer ${who.token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    const answer = text === '' ? undefined : JSON.parse(text);
    const exchange = { who: who.name, method, path, body, status: response.status, answer, show };
    tell(exchange);
    requireAnswer(exchange, expected);
    return answer;
  };
}
