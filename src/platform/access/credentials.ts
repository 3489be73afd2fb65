import type { FastifyRequest } from 'fastify';
import { crossSiteRequest } from '../problems/problems.js';
import { Problem } from '../problems/problem.js';
import type { SessionCookies } from '../http/session-cookies.js';

const unsafeMethods = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * The credential of a request: `Authorization: Bearer` (RFC 6750, section 2.1), else the session cookie.
 *
 * @throws Problem `cross_site_request` for a change by cookie that another site started
 */
export function credentialOf(request: FastifyRequest, cookies: SessionCookies): string | null {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const match = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization);
    return match?.[1] ?? null;
  }
  const { organization } = request.query as { organization?: unknown };
  const cookie = cookies.read(request, typeof organization === 'string' ? organization : null);
  if (cookie === null) return null;
  if (unsafeMethods.has(request.method) && !cookies.isSameOrigin(request))
    throw new Problem(crossSiteRequest);
  return cookie;
}
