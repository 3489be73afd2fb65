import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { credentialOf } from '../platform/access/credentials.js';
import { RefusalRecorder } from '../platform/access/principals.js';
import { installFastRoutes } from '../platform/http/fast-route.js';
import { SessionCookies } from '../platform/http/session-cookies.js';
import { Problem } from '../platform/problems/problem.js';
import { permissionDenied, raiseInvalid, unauthenticated } from '../platform/problems/problems.js';
import { CredentialLookup } from './credential-lookup.service.js';
import { actorOf } from './credential-principals.js';
import type { FoundPrincipal } from './principal-lookup.js';
import { longestToken } from './validation.dto.js';

const json = 'application/json; charset=utf-8';
const inactive = '{"active":false}';
const validatePermission = 'sessions:validate';

/** The handlers of the two hottest routes. Must run before Nest registers its routes. */
export function installValidationRoutes(fastify: FastifyInstance, app: NestFastifyApplication): void {
  const credentials = app.get(CredentialLookup);
  const cookies = app.get(SessionCookies);
  const refusals = app.get(RefusalRecorder);

  async function validate(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const credential = credentialOf(request, cookies);
    if (credential === null) throw new Problem(unauthenticated);
    // Both look-ups go with the same statement; nothing of the second is told before the first has been judged.
    const token = tokenOf(request.body);
    const [caller, subject] = await Promise.all([
      credentials.findCaller(credential),
      token === null ? null : credentials.findSubject(token),
    ]);
    if (caller === null) throw new Problem(unauthenticated);
    if (!caller.permissions.holds(validatePermission)) await refuse(caller, request);
    if (token === null)
      raiseInvalid([{ pointer: '/token', detail: 'must be the only key, a string of 1 to 4096 characters' }]);
    const answer = subject?.orgId === caller.orgId ? subject.answer : null;
    return reply.type(json).send(answer ?? inactive);
  }

  async function refuse(caller: FoundPrincipal, request: FastifyRequest): Promise<never> {
    await refusals.record(actorOf(caller, request.origin), 'access.refused', {
      permission: validatePermission,
      route: 'POST /v1/sessions/validate',
    });
    throw new Problem(permissionDenied, { detail: `This needs the permission ${validatePermission}` });
  }

  async function current(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const credential = credentialOf(request, cookies);
    const found = credential === null ? null : await credentials.findCaller(credential);
    const { organization } = request.query as { organization?: unknown };
    const isWanted =
      organization === undefined || organization === found?.orgSlug || organization === found?.orgId;
    // A machine is nobody: whoever takes its id for a user's would be wrong.
    const isPerson = found !== null && found.kind !== 'application';
    const answer = isPerson && isWanted ? found.answer : null;
    if (!isPerson || answer === null) throw new Problem(unauthenticated);
    return reply
      .header('x-user-id', found.userId)
      .header('x-organization', found.orgSlug)
      .header('x-roles', found.roleNames.join(','))
      .type(json)
      .send(answer);
  }

  installFastRoutes(fastify, {
    'POST /v1/sessions/validate': validate as never,
    'GET /v1/session': current as never,
    'HEAD /v1/session': current as never,
  });
}

function tokenOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null;
  const { token } = body as { token?: unknown };
  const fits =
    typeof token === 'string' &&
    token.length > 0 &&
    token.length <= longestToken &&
    Object.keys(body).length === 1;
  return fits ? token : null;
}
