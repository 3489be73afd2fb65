import { createHash } from 'node:crypto';
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
        ip: this.ip,
        userAgent: this.headers['user-agent']?.slice(0, 500) ?? null,
        idempotency: idempotencyOf(this),
      };
    },
  });
}

function idempotencyOf(request: FastifyRequest): RequestOrigin['idempotency'] {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(key)) {
    return raiseInvalid([
      { pointer: 'Idempotency-Key', detail: 'must have 1 to 200 visible ASCII characters' },
    ]);
  }
  const requestHash = createHash('sha256')
    .update(`${request.method} ${request.url}\n${JSON.stringify(request.body) ?? ''}`)
    .digest();
  return { key, requestHash };
}
