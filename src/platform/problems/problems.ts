import { defineProblem, type FieldError, Problem } from './problem.js';

export const invalidRequest = defineProblem('invalid_request', 400, 'The request is malformed');
export const unauthenticated = defineProblem('unauthenticated', 401, 'A valid credential is needed');
export const permissionDenied = defineProblem(
  'permission_denied',
  403,
  'The credential does not permit this',
);
export const crossSiteRequest = defineProblem(
  'cross_site_request',
  403,
  'A cookie is not accepted from another site',
);
export const notFound = defineProblem('not_found', 404, 'There is no such thing');
export const conflict = defineProblem('conflict', 409, 'The change meets another one');
export const stale = defineProblem('stale', 412, 'It has changed since it was read');
export const bodyTooLarge = defineProblem('body_too_large', 413, 'The body is too large');
export const unsupportedMediaType = defineProblem(
  'unsupported_media_type',
  415,
  'The body has a type that is not taken here',
);
export const idempotencyKeyReused = defineProblem(
  'idempotency_key_reused',
  422,
  'The idempotency key was used with another request',
);
export const tooManyRequests = defineProblem('too_many_requests', 429, 'Too many requests');
export const internalError = defineProblem('internal_error', 500, 'The server failed');
export const unavailable = defineProblem('unavailable', 503, 'The server cannot answer at the moment');

export const raiseInvalid = (errors: FieldError[]): never => {
  throw new Problem(invalidRequest, { errors });
};
/** Runs all of them, so that one answer names everything that is malformed. @throws Problem `invalid_request` */
export function requireAllValid(...checks: readonly (() => unknown)[]): void {
  const errors = checks.flatMap((check) => {
    try {
      check();
      return [];
    } catch (error) {
      if (error instanceof Problem && error.kind === invalidRequest) return error.errors ?? [];
      throw error;
    }
  });
  if (errors.length > 0) raiseInvalid(errors);
}

export const notFoundProblem = (): Problem => new Problem(notFound);
export const unavailableProblem = (cause?: unknown): Problem =>
  new Problem(unavailable, { retryAfterSeconds: 1, cause });
