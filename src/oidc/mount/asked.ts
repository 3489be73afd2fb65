import type { FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { askedByApplication, askedByBrowser } from '../requests/named-records.js';
import type { Asked } from '../requests/protocol-requests.queries.js';

/** Where applications ask by a form. */
const formRoutes = new Set([
  '/token',
  '/token/introspection',
  '/token/revocation',
  '/request',
  '/device/auth',
]);
/** As much as the engine reads. */
const mostBytes = 56 * 1024;

/** What a request names, so that all of it can be read at once. Null where its address names no organization. */
export async function askedBy(
  request: FastifyRequest,
  slug: string,
  sessionToken: string | null,
): Promise<Asked | null> {
  const { raw, headers, method, query } = request;
  const route = request.routeOptions.url!.slice('/o/:slug'.length);
  if (method !== 'POST' || !formRoutes.has(route))
    return askedByBrowser(slug, (query as Record<string, unknown>)['client_id'], sessionToken);
  const form = new URLSearchParams(isForm(request) ? await readForm(raw) : '');
  return askedByApplication(slug, route, (name) => form.get(name), headers.authorization);
}

function isForm({ headers }: FastifyRequest): boolean {
  const length = Number(headers['content-length']);
  return (
    /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '') &&
    length > 0 &&
    length <= mostBytes
  );
}

/** Reads it to the end, and leaves it as unread for the engine, which asks for the chunks once more. */
async function readForm(raw: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    raw.on('data', (chunk: Buffer) => chunks.push(chunk));
    raw.once('end', resolve);
    raw.once('error', reject);
    raw.once('close', () => reject(new Error('the request was given up')));
  });
  Object.defineProperties(raw, {
    readable: { value: true },
    iterator: { value: () => chunks },
  });
  return Buffer.concat(chunks).toString();
}
