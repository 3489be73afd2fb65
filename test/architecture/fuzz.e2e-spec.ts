import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Schema, exampleOf, resolveSchema } from '../support/examples.js';
import type { Sent } from '../support/http-exchange.js';
import type { Route } from '../support/openapi-contract.js';
import { Random } from '../support/random.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

const seed = 20_260_101;
const requests = 2_000;
const atOnce = 8;
const signInEvery = 40;

/** Values that have broken servers before. */
const hostile: unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  '',
  ' ',
  'a'.repeat(10_000),
  'ä'.repeat(300),
  '𝒳'.repeat(100),
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e\u2066',
  'é',
  '%00',
  '%',
  '../../etc/passwd',
  `' or 1=1 --`,
  '$1',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '\r\nX-Injected: 1',
  'undefined',
  'NaN',
  'Infinity',
  '9999-99-99T99:99:99Z',
  '-271821-04-20T00:00:00Z',
  '00000000-0000-0000-0000-000000000000',
  [],
  [[]],
  [null],
  {},
  { toString: 1 },
  { length: -1 },
  { __proto__: null, constructor: { prototype: { polluted: true } } },
  nested(200),
  Array.from({ length: 2_000 }, (_, i) => i),
];

const hostileSegments = [
  '%00',
  '%c0%ae',
  '%ff',
  '%',
  '%zz',
  '..',
  '%2e%2e%2f',
  '%2f',
  'a'.repeat(600),
  'a'.repeat(9_000),
  '%F0%9F%92%A9',
  '%u0041',
  "'",
  '%22',
  '0',
  '-1',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  '*',
  '@',
  'a@b@c',
  ';',
  '%0d%0aX-Injected:1',
];

const hostileBodies = [
  '',
  '{',
  '{"a":',
  'null',
  'true',
  '1',
  '"text"',
  '[]',
  '[{}]',
  '{"a":1,"a":2}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '\ufeff{}',
  '['.repeat(20_000),
  `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
  `{"a":"${'x'.repeat(70_000)}"}`,
  '{"a":1e999}',
  "{'a':1}",
  '\u0000',
  'a=1&b=2',
];

const contentTypes = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'text/plain',
  'text/html',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'application/problem+json',
  'application/octet-stream',
  '',
  'nonsense',
  ';;;',
];

const hostileHeaders: Record<string, string>[] = [
  { 'if-match': '*' },
  { 'if-match': '"999999999"' },
  { 'if-match': 'W/"1"' },
  { 'if-match': '"' },
  { 'idempotency-key': 'same-key-for-all' },
  { 'idempotency-key': ' ' },
  { 'idempotency-key': 'k'.repeat(500) },
  { 'x-request-id': 'x'.repeat(1_000) },
  { 'x-request-id': '../../x' },
  { cookie: 'tenantry-session-acme=garbage' },
  { cookie: '=;;=;tenantry-session-=1; %%%=%' },
  { authorization: 'Bearer' },
  { authorization: 'Bearer  ' },
  { authorization: 'Basic dXNlcjpwYXNz' },
  { authorization: `Bearer ${'x'.repeat(5_000)}` },
  { authorization: 'Bearer ten_ses_' },
  { host: 'evil.example' },
  { origin: 'https://evil.example' },
  { 'sec-fetch-site': 'cross-site' },
  { 'x-forwarded-for': '::1, nonsense' },
  { 'x-forwarded-host': 'evil.example' },
  { accept: 'text/html' },
  { 'accept-encoding': 'br;q=9' },
  { range: 'bytes=0-' },
  { 'transfer-encoding': 'chunked' },
  { expect: '200-maybe' },
  { 'x-device-token': 'ten_dev_nonsense' },
  { 'content-length': '0' },
];

let app: TestApp;
let organization: TestOrganization;
let people: Record<string, TestUser>;
let prey: TestUser;
let random: Random;

beforeAll(async () => {
  app = await startApp();
  random = new Random(seed);
  const acme = await app.given.organization();
  organization = acme.organization;
  people = {
    owner: acme.owner,
    member: await app.given.user(organization, { roles: ['member'] }),
    operator: await app.given.operator(),
  };
});
afterAll(() => app.stop());

describe('Thousands of requests that nobody should send', () => {
  it('get an answer each, and never a failure of the server', async () => {
    const bad: unknown[] = [];
    let credentials: (string | null)[] = [];
    const statuses = new Map<number, number>();
    for (let sent = 0; sent < requests; sent += atOnce) {
      if (sent % signInEvery === 0) credentials = await makeCredentials();
      const batch = Array.from({ length: atOnce }, () => makeRequest(credentials));
      await Promise.all(
        batch.map(async (request) => {
          const { status, headers, text } = await app.exchange.send(request);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          const isProblem = headers['content-type']?.startsWith('application/problem+json') === true;
          // Node itself answers 417 to expectations, before anybody is asked.
          const isWrong =
            status >= 500 || (status >= 400 && status !== 417 && request.method !== 'HEAD' && !isProblem);
          if (isWrong || text.includes('node_modules'))
            bad.push({ ...shortened(request), status, text: text.slice(0, 300) });
        }),
      );
    }

    expect(bad).toEqual([]);
    // Neither all refused at the door nor all let in.
    for (const status of [200, 400, 401, 403, 404]) expect(statuses.get(status) ?? 0).toBeGreaterThan(20);
  }, 60_000);

  it('leave the server alive and its prototypes clean', async () => {
    const { status } = await app.api.get('/readyz');

    expect(status).toBe(200);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

/** Sessions end, people are locked and deleted and the organization is suspended on the way. */
async function makeCredentials(): Promise<(string | null)[]> {
  await app.sql(`update organizations set status = 'active'`);
  prey = await app.given.user(organization, { roles: ['member'] });
  const sessions = await Promise.all(
    ['owner', 'member', 'operator'].map((who) => app.given.session(people[who]!)),
  );
  const [owner, member, operator] = sessions as [string, string, string];
  const { token: key } = await app.given.apiKey(people['owner']!);
  return [owner, owner, owner, member, operator, key, null, 'nonsense'];
}

function makeRequest(credentials: (string | null)[]): Sent {
  const route = random.pick(app.contract.routes);
  const token = random.pick(credentials);
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const method = random.chance(0.03)
    ? random.pick(['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND'])
    : route.method;
  const path = makePath({ ...route, method });
  if (random.chance(0.25)) Object.assign(headers, random.pick(hostileHeaders));
  const body = makeBody(route);
  if (body !== undefined && method !== 'TRACE') {
    const type = random.chance(0.1) ? random.pick(contentTypes) : 'application/json';
    if (type !== '') headers['content-type'] ??= type;
    if (headers['content-length'] !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
    return { method, path, headers, body };
  }
  return { method, path, headers };
}

function makePath({ method, path, operation }: Route): string {
  const isTheEnd = method === 'DELETE' && path === '/v1/organizations/{organization}';
  const filled = path.replace(/\{([^}]+)\}/g, (_, name: string) =>
    random.chance(0.2)
      ? random.pick(hostileSegments)
      : encodeURIComponent(isTheEnd ? 'nowhere' : plausible(name)),
  );
  const query = (operation.parameters ?? [])
    .filter((parameter) => parameter.in === 'query' && random.chance(0.4))
    .map(({ name, schema }) => {
      const value = random.chance(0.6)
        ? random.pick(hostile)
        : exampleOf(app.contract.document, (schema ?? {}) as Schema);
      return `${name}${random.pick(['', '', '', '[]', '[a]', '[__proto__]'])}=${encodeSafely(value)}`;
    });
  if (random.chance(0.05))
    query.push(random.pick(['a', '=', '%', '&&&', 'limit=1&limit=2', 'x[y][z]=1', '__proto__[a]=1']));
  const suffix = random.chance(0.03) ? random.pick(['/', '//', '/..', '?', '#', '/%2e', ';x=1']) : '';
  return filled + suffix + (query.length > 0 ? `?${query.join('&')}` : '');
}

function plausible(name: string): string {
  const values: Record<string, string[]> = {
    organization: [organization.slug, organization.slug, organization.id],
    user: [prey.id, prey.email],
    role: ['member', 'admin', 'owner', 'no-such-role'],
    kind: ['registration', 'password', 'session'],
  };
  return random.pick(values[name] ?? [prey.id, 'something']);
}

function makeBody({ method, operation }: Route): string | undefined {
  const schema = operation.requestBody?.content['application/json']?.schema as Schema | undefined;
  if (random.chance(0.06)) return random.pick(hostileBodies);
  if (schema === undefined) return method !== 'GET' && random.chance(0.05) ? '{}' : undefined;
  return JSON.stringify(mutated(exampleOf(app.contract.document, schema), schema));
}

/** An example of the document with a few parts replaced, left out, or added. */
function mutated(example: unknown, unresolved: Schema): unknown {
  const schema = resolveSchema(app.contract.document, unresolved);
  if (random.chance(0.03)) return random.pick(hostile);
  if (typeof example !== 'object' || example === null || Array.isArray(example)) {
    return random.chance(0.3) ? random.pick(hostile) : example;
  }
  const members: [string, unknown][] = Object.entries(example as Record<string, unknown>)
    .filter(() => !random.chance(0.2))
    .map(([name, value]) => [name, mutated(value, schema.properties?.[name] ?? {})]);
  const added = random.chance(0.08)
    ? { [random.pick(['__proto__', 'id', 'orgId', 'isPlatform', 'x'.repeat(300), ''])]: random.pick(hostile) }
    : {};
  return { ...Object.fromEntries(members), ...added };
}

function encodeSafely(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  try {
    return encodeURIComponent(text.slice(0, 3_000));
  } catch {
    return '%ED%A0%80';
  }
}

function nested(depth: number): unknown {
  return depth === 0 ? 1 : { a: nested(depth - 1) };
}

function shortened({ method, path, headers, body }: Sent): Record<string, string> {
  return {
    method,
    path: path.slice(0, 200),
    headers: JSON.stringify(headers).slice(0, 200),
    body: String(body).slice(0, 300),
  };
}
