import { Body, Controller, Param, Post, Req, Res } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public, Visitor } from '../platform/access/access.decorators.js';
import type { Anonymous } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { SessionCookies } from '../platform/http/session-cookies.js';
import { Problem } from '../platform/problems/problem.js';
import { crossSiteRequest, tooManyRequests } from '../platform/problems/problems.js';
import { signInView, SignInView } from '../sign-in/sign-in.view.js';
import { invalidToken } from '../verification/verification.problems.js';
import { ConfirmMagicLink, StartMagicLink } from './account-recovery.dto.js';
import { codesDescription, readProof } from './account-recovery.rules.js';
import { MagicLink } from './magic-link.service.js';

@ApiTags('Sign-in')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/magic-link')
export class MagicLinkController {
  constructor(
    private readonly links: MagicLink,
    private readonly cookies: SessionCookies,
  ) {}

  @Post()
  @Public()
  @Operation({
    summary: 'Send the mail that signs in',
    description:
      'The answer is the same whether there is such an account or not, and where the organization does not want to sign ' +
      'people in by link.',
    status: 202,
    problems: [tooManyRequests],
  })
  start(
    @Visitor() visitor: Anonymous,
    @Param('organization') organization: string,
    @Body() { email }: StartMagicLink,
  ): Promise<void> {
    return this.links.start(visitor, organization, email);
  }

  @Post('confirm')
  @Public()
  @Operation({
    summary: 'Sign in with the token or the code of the mail',
    description:
      'Also verifies the address that the mail went to. Where nobody had verified it, the password, the sessions and the ' +
      'keys of the account end: whoever made it has not shown that the address is theirs. ' +
      codesDescription,
    answer: SignInView,
    problems: [invalidToken, crossSiteRequest, tooManyRequests],
  })
  async confirm(
    @Visitor() visitor: Anonymous,
    @Param('organization') organization: string,
    @Body() { cookie = false, device = false, ...body }: ConfirmMagicLink,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignInView> {
    // Another site must not put its own account into somebody's browser.
    if (cookie && !this.cookies.isSameOrigin(request)) throw new Problem(crossSiteRequest);
    const deviceUse = {
      deviceTokenFor: (slug: string) => this.cookies.readDevice(request, slug),
      rememberDevice: cookie || device,
    };
    const proof = readProof(body, 'email');
    const signedIn = await ('token' in proof
      ? this.links.confirm(visitor, organization, { token: proof.token, ...deviceUse })
      : this.links.confirmWithCode(visitor, organization, {
          email: proof.identifier,
          code: proof.code,
          ...deviceUse,
        }));
    if (cookie) this.cookies.writeSignIn(reply, signedIn);
    return signInView(signedIn, device);
  }
}
