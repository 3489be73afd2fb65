import Fastify from 'fastify';
import pg from 'pg';
import { hash } from 'node:crypto';
import { manySecrets, manySessions, oneKeyAndSession, oneSession } from './floor.queries.js';

/*
 * The floors: Fastify and `pg` with one lever and nothing else. All take the same request as `POST /v1/sessions/validate`
 * (an API key in `Authorization`, a token in a JSON body) and answer the same body.
 */

const url = process.env['DATABASE_URL']!;
const statementsInFlight = 2;

const fastify = Fastify();
const pool = new pg.Pool({ connectionString: url, max: 10 });
const constant = process.env['CONSTANT']!;

interface Secret {
  kind: 'session' | 'api-key';
  text: string;
}

fastify.get('/', () => ({ status: 'ok' }));

fastify.post('/constant', (_request, reply) => send(reply, constant));

fastify.post('/prepared/session', async (request, reply) => {
  const { token } = request.body as { token: string };
  const { rows } = await pool.query({
    name: 'one-session',
    text: oneSession,
    values: [organizationOf(token), hashOf(token)],
  });
  return send(reply, rows[0].answer);
});

fastify.post('/prepared/key-and-session', async (request, reply) => {
  const { token } = request.body as { token: string };
  const key = keyOf(request.headers.authorization);
  const { rows } = await pool.query({
    name: 'one-key-and-session',
    text: oneKeyAndSession,
    values: [organizationOf(key), hashOf(key), hashOf(token)],
  });
  requireValidating(rows[0]);
  return send(reply, rows[0].answer);
});

const sessions = batched((secrets) => ({
  name: 'many-sessions',
  text: manySessions,
  values: [secrets.map(({ text }) => organizationOf(text)), secrets.map(({ text }) => hashOf(text))],
}));

fastify.post('/batched/session', async (request, reply) => {
  const { token } = request.body as { token: string };
  return send(reply, (await sessions({ kind: 'session', text: token })).answer);
});

const secretsOfAllKinds = batched((secrets) => ({
  name: 'many-secrets',
  text: manySecrets,
  values: [
    secrets.map(({ kind }) => kind),
    secrets.map(({ text }) => organizationOf(text)),
    secrets.map(({ text }) => hashOf(text)),
  ],
}));

fastify.post('/batched/key-and-session', async (request, reply) => {
  const { token } = request.body as { token: string };
  const [key, session] = await Promise.all([
    secretsOfAllKinds({ kind: 'api-key', text: keyOf(request.headers.authorization) }),
    secretsOfAllKinds({ kind: 'session', text: token }),
  ]);
  requireValidating(key);
  return send(reply, session.answer);
});

await fastify.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });

interface Found {
  ordinal: number;
  answer: string;
  permissions: string[];
  permission_names: string[];
}

/** All look-ups of one turn of the event loop as one statement; the same secret is asked for once. */
function batched(statement: (secrets: Secret[]) => pg.QueryConfig): (secret: Secret) => Promise<Found> {
  let waiting = new Map<
    string,
    { secret: Secret; promise: Promise<Found>; resolve: (found: Found) => void }
  >();
  let inFlight = 0;
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled || inFlight >= statementsInFlight) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      void flush();
    });
  }

  async function flush(): Promise<void> {
    const batch = [...waiting.values()];
    waiting = new Map();
    if (batch.length === 0) return;
    inFlight += 1;
    const { rows } = await pool.query<Found>(statement(batch.map(({ secret }) => secret)));
    for (const row of rows) batch[row.ordinal - 1]!.resolve(row);
    inFlight -= 1;
    if (waiting.size > 0) schedule();
  }

  return (secret) => {
    let entry = waiting.get(secret.text);
    if (entry === undefined) {
      entry = { secret, ...Promise.withResolvers<Found>() };
      waiting.set(secret.text, entry);
      schedule();
    }
    return entry.promise;
  };
}

function send(reply: { type(type: string): { send(body: string): unknown } }, body: string): unknown {
  return reply.type('application/json; charset=utf-8').send(body);
}

function keyOf(authorization: string | undefined): string {
  return authorization!.slice('Bearer '.length);
}

function organizationOf(token: string): string {
  return Buffer.from(token.slice(8), 'base64url').toString('hex', 0, 16);
}

function hashOf(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

function requireValidating({ permissions, permission_names: held }: Found): void {
  if (!permissions.includes('sessions:validate') || !held.includes('*')) throw new Error('forbidden');
}
