import type { FastifyInstance } from 'fastify';

/** Answers are personal unless a route says otherwise, and nothing of them is a page unless a route makes one. */
export const securityHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** @param isSecure whether people reach the server by TLS: then browsers come by nothing else for a year (RFC 6797) */
export function installSecurityHeaders(fastify: FastifyInstance, isSecure: boolean): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(securityHeaders).header('x-request-id', request.id);
    if (isSecure) void reply.header('strict-transport-security', 'max-age=31536000');
    if (request.url.startsWith('/docs')) {
      // Swagger UI styles itself inline; it holds no secret and takes no input from others.
      void reply.header(
        'content-security-policy',
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; script-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
      );
    }
    done();
  });
}
