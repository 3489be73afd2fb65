import { parseToken } from '../platform/crypto/secret-token.js';
import { hidden } from '../platform/http/html/form.js';
import { html, type Markup, type Part } from '../platform/http/html/markup.js';
import type { PageContent } from '../platform/http/html/page.js';
import { SessionCookies } from '../platform/http/session-cookies.js';
import { Problem, raise } from '../platform/problems/problem.js';
import { invalidToken, invalidTokenProblem } from '../verification/verification.problems.js';
import type { VerificationTokenType } from '../verification/verification-tokens.service.js';
import { AccountAddresses } from './account/account-addresses.js';
import { type HostedPage, type PageAnswer, redirectTo, type Services, show } from './hosted-page.js';
import { PageHosts } from './page-hosts.service.js';

import { formOf, type Visit } from './visit.js';

/** A page behind a link in a mail. It uses nothing up until somebody posts its form. */
export interface TokenPage {
  readonly tokenType: VerificationTokenType;
  /** The last part of its address. */
  readonly path: string;
  /** What is to be clicked. */
  readonly ask: (visit: Visit) => PageContent;
  /** What the click does, and what is shown then. @throws Problem */
  readonly act: (visit: Visit) => Promise<PageContent>;
  /** The form again, with what is wrong with it; null for what no typing mends. */
  readonly askAgain?: (visit: Visit, problem: Problem) => Promise<PageContent | null> | PageContent | null;
}

export function hostedTokenPage(services: Services, page: TokenPage): HostedPage {
  return {
    path: page.path,
    get: (visit) => open(services, page, visit),
    post: (visit) => act(page, visit),
  };
}

/** A dead link says so before anybody types a password; the secret of a living one leaves the address at once. */
async function open(services: Services, page: TokenPage, visit: Visit): Promise<PageAnswer> {
  const { request, reply, organization } = visit;
  const cookies = services.get(SessionCookies);
  const token = visit.token === '' ? (cookies.readLink(request, page.path) ?? '') : visit.token;
  if (!(await services.get(PageHosts).isAlive(organization, page.tokenType, token)))
    throw invalidTokenProblem();
  if (request.method === 'POST' || visit.asked('token') === '') return show(page.ask({ ...visit, token }));
  cookies.writeLink(reply, page.path, token);
  return redirectTo(new AccountAddresses(services, visit, null).to(page.path));
}

/** A form of such a page: it posts the token, which by then stands in no address any more. */
export function tokenForm(visit: Visit, content: Part, button: string): Markup {
  return formOf(visit, { content: html`${hidden('token', visit.token)} ${content}`, button });
}

async function act(page: TokenPage, visit: Visit): Promise<PageAnswer> {
  // Also where the token itself names its organization: nothing of one happens under the name of another.
  if (parseToken('verification', visit.token)?.organizationId !== visit.organization.id)
    throw invalidTokenProblem();
  try {
    return show(await page.act(visit));
  } catch (error) {
    if (!(error instanceof Problem) || error.kind === invalidToken || error.kind.status >= 500) throw error;
    const content = (await page.askAgain?.(visit, error)) ?? raise(error);
    return show({ ...content, isFailure: true }, error.kind.status);
  }
}
