import { Body, Controller, Delete, Get, Post, Res } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Authenticated, Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { SessionCookies } from '../platform/http/session-cookies.js';
import { Problem } from '../platform/problems/problem.js';
import { permissionDenied } from '../platform/problems/problems.js';
import { SessionAdministration } from './session-administration.service.js';
import { ValidateSession, ValidationView } from './validation.dto.js';

const OrganizationOfCookie = () =>
  ApiQuery({
    name: 'organization',
    required: false,
    description: 'Whose session cookie to take, where the browser may hold those of several organizations',
    schema: { type: 'string', example: 'acme' },
  });

/**
 * The hottest routes. The first two are declared here like all others and answered by `validation.routes.ts`, without
 * Nest's pipeline.
 */
@ApiTags('Validation')
@Controller('v1')
export class ValidationController {
  constructor(
    private readonly sessions: SessionAdministration,
    private readonly cookies: SessionCookies,
  ) {}

  @Post('sessions/validate')
  @Requires('sessions:validate')
  @Operation({
    summary: 'Is this session valid, and whose is it?',
    description:
      'Read from the database after the request came in. What is no valid session or JWT access token of the caller’s organization answers `{ "active": false }`.',
    answer: ValidationView,
  })
  validate(@Body() _body: ValidateSession): never {
    return answeredElsewhere();
  }

  @Get('session')
  @Authenticated({ accessTokens: true })
  @OrganizationOfCookie()
  @Operation({
    summary: 'Who am I?',
    description:
      'Also in the headers `X-User-Id`, `X-Organization` (slug) and `X-Roles` (comma-separated), for `auth_request` of nginx and its like. A JWT access token whose audience is this server answers with its application, too. An API key has no session, and neither has a machine: 401.',
    answer: ValidationView,
  })
  current(): never {
    return answeredElsewhere();
  }

  @Delete('session')
  @Authenticated()
  @OrganizationOfCookie()
  @Operation({ summary: 'Sign out', status: 204, problems: [permissionDenied] })
  async signOut(@Caller() actor: Actor, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    if (actor.kind !== 'session')
      throw new Problem(permissionDenied, { detail: 'An API key has no session to end' });
    await this.sessions.signOut(actor);
    this.cookies.clear(reply, actor.organization.slug);
  }
}

/** Closed even if somebody forgets to install the fast routes. */
function answeredElsewhere(): never {
  throw new Error('this route is answered by validation.routes.ts');
}
