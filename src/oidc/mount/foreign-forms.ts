import type { FastifyRequest } from 'fastify';

/** Where applications may send people by a form: OpenID Connect Core 1.0, section 3.1.2.1; RP-Initiated Logout 1.0, section 2. */
const routes = new Set(['/o/:slug/auth', '/o/:slug/session/end']);
/** In the address of what has been repeated. Of a POST the engine reads the body alone. */
const marker = 'repeated';
/** As much as the engine reads. */
const mostBytes = 56 * 1024;

export interface ForeignForm {
  readonly action: string;
  /** In their order, each as often as it is there. */
  readonly fields: readonly (readonly [string, string])[];
}

/**
 * With a form of another site browsers send no `SameSite=Lax` cookie, so that whoever is signed in would come as a stranger.
 * A page of ours that posts the same once more has them.
 */
export function isForeignForm(request: FastifyRequest): boolean {
  const { method, headers, query, routeOptions } = request;
  const length = Number(headers['content-length']);
  return (
    method === 'POST' &&
    routes.has(routeOptions.url ?? '') &&
    (query as Record<string, unknown>)[marker] === undefined &&
    /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '') &&
    length > 0 &&
    length <= mostBytes
  );
}

export async function readForeignForm({ raw }: FastifyRequest): Promise<ForeignForm> {
  const chunks: Buffer[] = [];
  for await (const chunk of raw as AsyncIterable<Buffer>) chunks.push(chunk);
  const fields = [...new URLSearchParams(Buffer.concat(chunks).toString())];
  return { action: `${raw.url!.split('?', 1)[0]}?${marker}=yes`, fields };
}
