import {
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { raiseInvalid, stale } from '../problems/problems.js';
import { Problem } from '../problems/problem.js';

/** The version that the client read (`If-Match`, RFC 9110, section 13.1.1), or null when it does not care. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): number | null => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (header === undefined || header === '*') return null;
  const version = /^"(\d{1,9})"$/.exec(header)?.[1];
  if (version === undefined)
    return raiseInvalid([{ pointer: 'If-Match', detail: 'must be an ETag of this server' }]);
  return Number(version);
});

/** Documents `If-Match` on an operation. */
export const TakesIfMatch = () =>
  ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The `ETag` that was read; the change is refused with 412 when it is not the current one',
    schema: { type: 'string', example: '"3"' },
  });

/** @throws Problem `stale` */
export function requireVersion(current: number, expected: number | null): void {
  if (expected !== null && expected !== current) throw new Problem(stale);
}

/** Sends the `version` of an answered resource as its `ETag`. */
@Injectable()
export class EtagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((body: unknown) => {
        if (
          typeof body === 'object' &&
          body !== null &&
          'version' in body &&
          typeof body.version === 'number'
        ) {
          void reply.header('etag', `"${body.version}"`);
        }
        return body;
      }),
    );
  }
}
