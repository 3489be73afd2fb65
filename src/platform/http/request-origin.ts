import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestOrigin } from '../access/actor.js';
import { raiseInvalid } from '../problems/problems.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Where the request comes from; `ip` believes trusted proxies only. */
    readonly origin: RequestOrigin;
  }
}

export function decorateRequestOrigin(fastify: FastifyInstance): void {
  fastify.decorateRequest('origin', {
    getter(this: FastifyRequest): RequestOrigin {
      return {
        requestId: this.id,
        ip: addressOf(this),
        userAgent: this.headers['user-agent']?.slice(0, 500) ?? null,
        idempotency: idempotencyOf(this),
      };
    },
  });
}

/**
 * An address that PostgreSQL takes, which means without a zone. A proxy may forward what is none, with a port say or
 * `unknown`: then the proxy itself counts as the client.
 */
function addressOf(request: FastifyRequest): string {
  const candidates = [request.ip, request.socket.remoteAddress];
  const addresses = candidates.map((candidate) => candidate?.split('%')[0] ?? '');
  return addresses.find((address) => isIP(address) !== 0) ?? '::';
}

function idempotencyOf(request: FastifyRequest): RequestOrigin['idempotency'] {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(key)) {
    return raiseInvalid([
      { pointer: '/header/Idempotency-Key', detail: 'must have 1 to 200 visible ASCII characters' },
    ]);
  }
  const requestHash = createHash('sha256')
    .update(`${request.method} ${request.url}\n${JSON.stringify(request.body) ?? ''}`)
    .digest();
  return { key, requestHash };
}
