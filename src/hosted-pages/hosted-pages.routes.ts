import formbody from '@fastify/formbody';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseToken } from '../platform/crypto/secret-token.js';
import { type PageContent, sendPage } from '../platform/http/html/page.js';
import { asProblem } from '../platform/http/problem.filter.js';
import { SessionCookies } from '../platform/http/session-cookies.js';
import { LOG, type Log } from '../platform/log/log.js';
import { Problem, raise } from '../platform/problems/problem.js';
import { crossSiteRequest, notFoundProblem } from '../platform/problems/problems.js';
import { invalidToken, invalidTokenProblem } from '../verification/verification.problems.js';
import { emailChangePage } from './email-change.page.js';
import { failureContent } from './failure.js';
import { invitationPage } from './invitation.page.js';
import { LinkCheck } from './link-check.service.js';
import { magicLinkPage } from './magic-link.page.js';
import { passwordResetPage } from './password-reset.page.js';
import type { TokenPage } from './token-page.js';
import { verifyEmailPage } from './verify-email.page.js';
import { addressOf, type Visit, visitOf, wordingOf } from './visit.js';

const makers = [verifyEmailPage, passwordResetPage, emailChangePage, magicLinkPage, invitationPage];

/** Whose pages these are where it is nobody's in particular. */
const productName = 'Tenantry';

/** The pages behind the links in mails. */
export function installHostedPages(fastify: FastifyInstance, app: NestFastifyApplication): void {
  void fastify.register(async (scope) => {
    await scope.register(formbody);
    scope.setErrorHandler((error, request, reply) =>
      sendFailure(app.get<Log>(LOG), request, reply, productName, error),
    );
    for (const page of makers.map((make) => make(app))) {
      const address = `/o/:slug/${page.path}`;
      scope.get(address, (request, reply) => visiting(app, request, reply, (visit) => ask(app, page, visit)));
      scope.post(address, (request, reply) => {
        // Another site must neither use somebody's link up nor put its own account into their browser.
        if (!app.get(SessionCookies).isSameOrigin(request)) throw new Problem(crossSiteRequest);
        return visiting(app, request, reply, (visit) => act(page, visit));
      });
    }
  });
}

async function visiting(
  app: NestFastifyApplication,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (visit: Visit) => Promise<{ status: number; content: PageContent }>,
): Promise<FastifyReply> {
  const { slug } = request.params as { slug: string };
  const organization = (await app.get(LinkCheck).findHost(slug)) ?? raise(notFoundProblem());
  try {
    const { status, content } = await work(visitOf(request, reply, organization));
    return send(request, reply, organization.name, status, content);
  } catch (error) {
    return sendFailure(app.get<Log>(LOG), request, reply, organization.name, error);
  }
}

/** A dead link says so before anybody types a password. */
async function ask(app: NestFastifyApplication, page: TokenPage, visit: Visit) {
  if (!(await app.get(LinkCheck).isAlive(visit.organization, page.tokenType, visit.token)))
    throw invalidTokenProblem();
  return { status: 200, content: page.ask(visit) };
}

async function act(page: TokenPage, visit: Visit) {
  // Also where the token itself names its organization: nothing of one happens under the name of another.
  if (parseToken('verification', visit.token)?.organizationId !== visit.organization.id)
    throw invalidTokenProblem();
  try {
    return { status: 200, content: await page.act(visit) };
  } catch (error) {
    if (!(error instanceof Problem) || error.kind === invalidToken || error.kind.status >= 500) throw error;
    const content = (await page.askAgain?.(visit, error)) ?? raise(error);
    return { status: error.kind.status, content: { ...content, titlePrefix: visit.wording.errorPrefix } };
  }
}

function sendFailure(
  log: Log,
  request: FastifyRequest,
  reply: FastifyReply,
  brand: string,
  error: unknown,
): FastifyReply {
  const problem = asProblem(error);
  const { status } = problem.kind;
  if (status >= 500) log.error({ requestId: request.id, error: problem.cause ?? error }, problem.kind.title);
  if (problem.retryAfterSeconds !== undefined)
    void reply.header('retry-after', Math.ceil(problem.retryAfterSeconds));
  return send(request, reply, brand, status, failureContent(problem, wordingOf(request), request.id));
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  brand: string,
  status: number,
  content: PageContent,
): FastifyReply {
  const { language } = wordingOf(request);
  return sendPage(reply, status, { language, brand, shownAddress: addressOf(request) }, content);
}
