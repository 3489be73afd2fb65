import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Actor, Anonymous } from './actor.js';

/** The rule of a route; the server does not start while a route has none. */
export type AccessRule =
  | { readonly kind: 'public' }
  | { readonly kind: 'authenticated'; readonly accessTokens?: true }
  | { readonly kind: 'permission'; readonly permission: string; readonly operators: boolean };

export const ACCESS_RULE = 'tenantry:access';

const access = (rule: AccessRule) =>
  applyDecorators(SetMetadata(ACCESS_RULE, rule), ApiExtension('x-access', rule));

/** Anybody. */
export const Public = () => access({ kind: 'public' });

/**
 * Anybody with a valid credential, about themselves.
 *
 * @param options.accessTokens applications may too, for the people whose tokens they have: no scope limits it
 */
export const Authenticated = (options: { accessTokens?: true } = {}) =>
  access({ kind: 'authenticated', ...options });

/**
 * Who holds this permission in the organization that the path names.
 *
 * @param options.operators operators may too, in every organization
 */
export const Requires = (permission: string, options: { operators?: boolean } = {}) =>
  access({ kind: 'permission', permission, operators: options.operators ?? false });

/** Where the guard leaves what it found. */
export interface AuthenticatedRequest extends FastifyRequest {
  actor?: Actor;
}

/** The actor that the guard found. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (actor === undefined) throw new Error('@Caller() on a route that asks for no credential');
  return actor;
});

/** Where the request came from, on public routes. */
export const Visitor = createParamDecorator((_: unknown, context: ExecutionContext): Anonymous => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return { kind: 'anonymous', origin: request.origin };
});
