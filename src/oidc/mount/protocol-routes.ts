import type { HTTPMethods } from 'fastify';

type Routes = Readonly<Record<string, readonly HTTPMethods[]>>;

/** Paths below an issuer's address that the engine answers; no other request reaches it. */
export const protocolRoutes: Routes = {
  '/auth': ['GET', 'POST'],
  '/auth/:uid': ['GET'],
  '/token': ['POST', 'OPTIONS'],
  '/me': ['GET', 'POST', 'OPTIONS'],
  '/token/introspection': ['POST', 'OPTIONS'],
  '/token/revocation': ['POST', 'OPTIONS'],
  '/request': ['POST', 'OPTIONS'],
  '/device/auth': ['POST', 'OPTIONS'],
  '/device': ['GET', 'POST'],
  '/device/:uid': ['GET'],
  '/session/end': ['GET', 'POST'],
  '/session/end/confirm': ['POST'],
  '/session/end/success': ['GET'],
};

/** What is public about an issuer, and the same for everybody: at both of its addresses. */
export const metadataRoutes = [
  '/o/:slug/.well-known/openid-configuration',
  '/o/:slug/.well-known/oauth-authorization-server',
  // RFC 8414, section 3.1: in front of the issuer's path.
  '/.well-known/openid-configuration/o/:slug',
  '/.well-known/oauth-authorization-server/o/:slug',
];
export const keysRoute = '/o/:slug/jwks';
