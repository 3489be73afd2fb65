import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Inject,
  Injectable,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isDatabaseUnavailable } from '../database/database-errors.js';
import { LOG, type Log } from '../log/log.js';
import { Problem, type ProblemKind } from '../problems/problem.js';
import {
  bodyTooLarge,
  internalError,
  invalidRequest,
  notFound,
  unavailableProblem,
  unsupportedMediaType,
} from '../problems/problems.js';

const kindOfStatus: Record<number, ProblemKind> = {
  400: invalidRequest,
  404: notFound,
  413: bodyTooLarge,
  415: unsupportedMediaType,
};

/** Answers every failure as a problem document (RFC 9457). What is no problem is logged whole and told as a bare 500. */
@Injectable()
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    sendProblem(this.log, request, reply, error);
  }
}

export function sendProblem(log: Log, request: FastifyRequest, reply: FastifyReply, error: unknown): void {
  const problem = asProblem(error);
  const { kind } = problem;
  if (kind.status >= 500) log.error({ requestId: request.id, error: problem.cause ?? error }, kind.title);
  if (reply.sent) return;
  if (problem.retryAfterSeconds !== undefined)
    void reply.header('retry-after', Math.ceil(problem.retryAfterSeconds));
  if (kind.status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply
    .status(kind.status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: `urn:tenantry:problem:${kind.code}`,
        title: kind.title,
        status: kind.status,
        code: kind.code,
        detail: problem.detail,
        instance: `urn:tenantry:request:${request.id}`,
        errors: problem.errors,
      }),
    );
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isDatabaseUnavailable(error)) return unavailableProblem(error);
  const status = statusOf(error);
  const kind = kindOfStatus[status] ?? (status >= 400 && status < 500 ? invalidRequest : internalError);
  return new Problem(kind, {
    ...(kind.status < 500 && kind !== notFound && { detail: (error as Error).message }),
    cause: error,
  });
}

/** Fastify and Nest tell the status of what they refuse in two ways. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  return typeof code === 'string' && code.startsWith('FST_') && typeof statusCode === 'number'
    ? statusCode
    : 500;
}
