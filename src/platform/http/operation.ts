import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiExtension, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { ProblemKind } from '../problems/problem.js';

export const PROBLEM_CODES = 'x-problems';

interface OperationOptions {
  summary: string;
  description?: string;
  /** Status of success; 200 unless told. */
  status?: number;
  answer?: Type<unknown>;
  /** Media type of an answer that is no JSON. */
  answerType?: string;
  /** Kinds of failure beyond those that every route of its sort has. */
  problems?: readonly ProblemKind[];
}

/** Describes a route for the OpenAPI document; the standard problems of a route are added where the document is made. */
export function Operation({
  summary,
  description,
  status = 200,
  answer,
  answerType,
  problems = [],
}: OperationOptions): MethodDecorator {
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ summary, ...(description !== undefined && { description }) }),
    ApiResponse({
      status,
      description: status === 204 ? 'Done' : 'Success',
      ...(answer && { type: answer }),
      ...(answerType !== undefined && {
        content: { [answerType]: { schema: { type: 'string', format: 'binary' } } },
      }),
    }),
    ApiExtension(
      PROBLEM_CODES,
      problems.map(({ code }) => code),
    ),
  );
}
