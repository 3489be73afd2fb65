import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { SessionCookies } from '../http/session-cookies.js';
import { notFound, permissionDenied, unauthenticated } from '../problems/problems.js';
import { Problem } from '../problems/problem.js';
import { ACCESS_RULE, type AccessRule, type AuthenticatedRequest } from './access.decorators.js';
import { type Actor, isOperator } from './actor.js';
import { credentialOf } from './credentials.js';
import { Principals, RefusalRecorder } from './principals.js';

/**
 * The one guard. The organization comes from the path and must be the principal's own; another one answers like one
 * that does not exist, whatever the principal may do at home.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(Principals) private readonly principals: Principals,
    @Inject(RefusalRecorder) private readonly refusals: RefusalRecorder,
    @Inject(SessionCookies) private readonly cookies: SessionCookies,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (rule?.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const actor = await this.authenticate(request);
    request.actor = actor;
    const named = (request.params as { organization?: string }).organization;
    const mayManage = rule?.kind === 'permission' && rule.operators && isOperator(actor);
    if (named !== undefined && !isOwn(actor, named) && !mayManage) throw new Problem(notFound);
    if (rule?.kind === 'authenticated') return requirePerson(actor, rule);
    if (mayManage) return true;
    if (rule?.kind === 'permission' && actor.permissions.holds(rule.permission)) return true;
    await this.refusals.record(actor, 'access.refused', {
      permission: rule?.kind === 'permission' ? rule.permission : null,
      route: `${request.method} ${request.routeOptions.url ?? ''}`,
    });
    throw new Problem(permissionDenied, {
      ...(rule?.kind === 'permission' && { detail: `This needs the permission ${rule.permission}` }),
    });
  }

  private async authenticate(request: AuthenticatedRequest): Promise<Actor> {
    const credential = credentialOf(request, this.cookies);
    const actor = credential === null ? null : await this.principals.find(credential, request.origin);
    if (actor === null) throw new Problem(unauthenticated);
    return actor;
  }
}

/**
 * What is somebody's own is not an application's, whatever it may do for them: no scope has been granted for it.
 *
 * @throws Problem `permission_denied`
 */
function requirePerson({ kind }: Actor, rule: AccessRule & { kind: 'authenticated' }): true {
  if (rule.accessTokens || kind === 'session' || kind === 'api-key') return true;
  throw new Problem(permissionDenied, { detail: 'This is not for access tokens: sign in' });
}

function isOwn({ organization }: Actor, named: string): boolean {
  return named === organization.slug || named.toLowerCase() === organization.id;
}
