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

/** Versions of which one must be the current one; null where the client does not care. */
export type ExpectedVersion = readonly number[] | null;

/** One entity tag at the beginning of a list, and the comma behind it. A tag may have commas in itself. */
const firstTag = /^(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)")?[ \t]*(?:,[ \t]*|$)/;

/**
 * What `If-Match` asks for (RFC 9110, section 13.1.1). Tags are compared strongly: a weak one (a proxy that compresses
 * makes them weak) matches nothing, and neither does one that is not of this server.
 *
 * @returns undefined for what is no list of entity tags
 */
export function readIfMatch(header: string | undefined): ExpectedVersion | undefined {
  if (header === undefined || header.trim() === '*') return null;
  const versions: number[] = [];
  let rest = header.trim();
  let count = 0;
  while (rest !== '') {
    const match = firstTag.exec(rest);
    if (match === null) return undefined;
    const [all, weak, tag] = match;
    if (tag !== undefined) count += 1;
    if (tag !== undefined && weak === undefined && /^\d{1,9}$/.test(tag)) versions.push(Number(tag));
    rest = rest.slice(all.length);
  }
  return count === 0 ? undefined : versions;
}

/** The versions that the client names in `If-Match`. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): ExpectedVersion => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  const expected = readIfMatch(header);
  if (expected !== undefined) return expected;
  return raiseInvalid([{ pointer: '/header/If-Match', detail: 'must be "*" or a list of entity tags' }]);
});

/** Documents `If-Match` on an operation. */
export const TakesIfMatch = () =>
  ApiHeader({
    name: 'If-Match',
    required: false,
    description:
      'The `ETag` that was read, or several; the change is refused with 412 when none is the current one',
    schema: { type: 'string', example: '"3"' },
  });

/** @throws Problem `stale` */
export function requireVersion(current: number, expected: ExpectedVersion): void {
  if (expected !== null && !expected.includes(current)) throw new Problem(stale);
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
