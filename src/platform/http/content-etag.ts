import { hash } from 'node:crypto';
import {
  applyDecorators,
  type ArgumentsHost,
  type CallHandler,
  Catch,
  type ExceptionFilter,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';

/** The client has the answer already. */
class NotModified extends Error {}

@Injectable()
class ContentEtagInterceptor implements NestInterceptor {
  constructor(private readonly cacheControl: string) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const known = http.getRequest<FastifyRequest>().headers['if-none-match'];
    return next.handle().pipe(
      map((body: unknown) => {
        const etag = `"${hash('sha256', JSON.stringify(body), 'base64url')}"`;
        void reply.headers({ etag, 'cache-control': this.cacheControl });
        if (known !== undefined && isAmong(known, etag)) throw new NotModified();
        return body;
      }),
    );
  }
}

/** Nest sets the status of a route that returns; only what is thrown chooses its own. */
@Catch(NotModified)
class NotModifiedFilter implements ExceptionFilter {
  catch(_: NotModified, host: ArgumentsHost): void {
    void host.switchToHttp().getResponse<FastifyReply>().status(304).send();
  }
}

/**
 * Sends a digest of the answer as its `ETag`, and 304 without a body to whoever has it (RFC 9110, section 13.1.2).
 *
 * @param cacheControl who may keep the answer, and for how long
 */
export const ContentEtag = (cacheControl: string) =>
  applyDecorators(
    UseInterceptors(new ContentEtagInterceptor(cacheControl)),
    UseFilters(NotModifiedFilter),
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: 'The `ETag` of the answer that the client has; 304 when it would be the same',
      schema: { type: 'string', example: '"eBhMz5Mw5uvtCBBlmPdxBcwV0gb6tvNuWjF1EcSbYQU"' },
    }),
    ApiResponse({ status: 304, description: 'Not modified' }),
  );

/** Weak comparison: a proxy that compresses makes the tag weak. */
function isAmong(header: string, etag: string): boolean {
  return header.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
}
