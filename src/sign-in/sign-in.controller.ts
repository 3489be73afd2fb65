import { Body, Controller, Param, Post, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public, Visitor } from '../platform/access/access.decorators.js';
import type { Anonymous } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { SessionCookies } from '../platform/http/session-cookies.js';
import { Problem } from '../platform/problems/problem.js';
import { crossSiteRequest, tooManyRequests } from '../platform/problems/problems.js';
import { SignInRequest } from './sign-in.dto.js';
import { emailUnverified, invalidCredentials } from './sign-in.problems.js';
import { SignIn } from './sign-in.service.js';
import { signInView, SignInView } from './sign-in.view.js';

@ApiTags('Sign-in')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/sign-in')
export class SignInController {
  constructor(
    private readonly signIns: SignIn,
    private readonly cookies: SessionCookies,
  ) {}

  @Post()
  @Public()
  @ApiHeader({
    name: 'X-Device-Token',
    required: false,
    description: 'From an earlier sign-in on this device: guesses made elsewhere do not slow it down',
    schema: { type: 'string', maxLength: 512 },
  })
  @Operation({
    summary: 'Sign in with a password',
    description:
      'Unknown accounts, wrong passwords, locked and deactivated users get the same answer. After five failures an account takes attempts from unknown devices only after a growing wait, told in `Retry-After`.',
    answer: SignInView,
    problems: [invalidCredentials, emailUnverified, tooManyRequests, crossSiteRequest],
  })
  async signIn(
    @Visitor() visitor: Anonymous,
    @Param('organization') organization: string,
    @Body() { identifier, password, cookie = false, device = false }: SignInRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignInView> {
    // Another site must not put its own account into somebody's browser.
    if (cookie && !this.cookies.isSameOrigin(request)) throw new Problem(crossSiteRequest);
    const signedIn = await this.signIns.signIn(visitor, organization, {
      identifier,
      password,
      deviceTokens: this.deviceTokens(request),
      rememberDevice: cookie || device,
    });
    if (cookie) this.cookies.writeSignIn(reply, signedIn);
    return signInView(signedIn, device);
  }

  private deviceTokens(request: FastifyRequest): string[] {
    const header = request.headers['x-device-token'];
    return typeof header === 'string' ? [header] : this.cookies.readDevices(request);
  }
}
