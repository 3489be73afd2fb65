import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readUpload } from '../platform/http/file-upload.js';
import { FormGuard, StaleForm } from '../platform/http/html/form-guard.js';
import { notice } from '../platform/http/html/notices.js';
import { type PageContent, type PageFrame, sendPage } from '../platform/http/html/page.js';
import { type PageLook, productLook } from '../platform/http/html/page-look.js';
import { asProblem } from '../platform/http/problem.filter.js';
import { LOG, type Log } from '../platform/log/log.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { failureContent } from './failure.js';
import type { HostedPage, PageAnswer } from './hosted-page.js';
import { type HostOrganization, PageHosts } from './page-hosts.service.js';
import { addressOf, sealField, sent, type Visit, visitOf, wordingOf, wordings } from './visit.js';
import type { Wording } from './wording/wording.js';

/** Serves the pages of every organization, each in its look, and lets no form through but theirs. */
export function installPages(
  scope: FastifyInstance,
  app: NestFastifyApplication,
  pages: readonly HostedPage[],
): void {
  scope.setErrorHandler((error, request, reply) =>
    sendFailure(app, request, reply, productLook, wordingOf(request), error),
  );
  for (const page of pages) {
    const { get, post, takesFile } = page;
    const address = page.path === '' ? '/o/:slug' : `/o/:slug/${page.path}`;
    if (get !== undefined) scope.get(address, (request, reply) => visiting(app, page, request, reply, get));
    if (post === undefined) continue;
    const options = takesFile === undefined ? {} : { config: { takesFile } };
    scope.post(address, options, (request, reply) =>
      visiting(app, page, request, reply, (visit) => posted(app, page, visit)),
    );
  }
}

async function visiting(
  app: NestFastifyApplication,
  page: HostedPage,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (visit: Visit) => Promise<PageAnswer> | PageAnswer,
): Promise<FastifyReply> {
  const hosts = app.get(PageHosts);
  const { slug } = request.params as { slug: string };
  const organization = (await hosts.find(slug)) ?? raise(notFoundProblem());
  let visit = visitOf(request, reply, organization, {
    seal: () => app.get(FormGuard).seal(request, reply, organization.id),
    readFile: () => readUpload(request, page.takesFile?.maxBytes ?? 0),
  });
  let look = productLook;
  try {
    if (page.localeOf !== undefined)
      visit = { ...visit, wording: wordingOf(request, await page.localeOf(visit)) };
    look = await hosts.lookOf(organization, visit.wording.shell.language);
    const answer = await work(visit);
    if ('redirectTo' in answer) return reply.redirect(answer.redirectTo, 303);
    if ('download' in answer) return sendFile(reply, answer);
    return send(request, reply, look, visit.wording, answer.status ?? 200, answer.content);
  } catch (error) {
    return sendFailure(app, request, reply, look, visit.wording, error);
  }
}

function sendFile(
  reply: FastifyReply,
  { download, fileName, type }: Extract<PageAnswer, { download: unknown }>,
): FastifyReply {
  return reply
    .header('content-disposition', `attachment; filename="${fileName}"`)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .type(type)
    .send(download);
}

interface OutsidePage {
  readonly wording: Wording;
  readonly status: number;
  readonly content: PageContent;
  readonly shownAddress: string | null;
}

/** A page of an organization that answers something else than the addresses of the pages. */
export async function showOutside(
  app: NestFastifyApplication,
  request: FastifyRequest,
  reply: FastifyReply,
  organization: HostOrganization,
  { wording, status, content, shownAddress }: OutsidePage,
): Promise<FastifyReply> {
  let look = productLook;
  try {
    look = await app.get(PageHosts).lookOf(organization, wording.shell.language);
    return sendPage(reply, status, { words: wording.shell, look, shownAddress }, content);
  } catch (error) {
    return sendFailure(app, request, reply, look, wording, error);
  }
}

/** That there is nothing here, in the look of the organization that the address names, if there is one. */
export async function sendNotFound(
  app: NestFastifyApplication,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const hosts = app.get(PageHosts);
  const wording = wordingOf(request);
  let look: PageLook = productLook;
  try {
    const organization = await hosts.find((request.params as { slug: string }).slug);
    if (organization !== null) look = await hosts.lookOf(organization, wording.shell.language);
    return sendFailure(app, request, reply, look, wording, notFoundProblem());
  } catch (error) {
    return sendFailure(app, request, reply, look, wording, error);
  }
}

/** A form that has come too late, or without its cookie, is shown again and does nothing. */
async function posted(app: NestFastifyApplication, page: HostedPage, visit: Visit): Promise<PageAnswer> {
  const { request, organization } = visit;
  try {
    const seal = page.takesFile === undefined ? sent(request, sealField) : visit.asked(sealField);
    app.get(FormGuard).require(request, organization.id, seal);
  } catch (error) {
    if (!(error instanceof StaleForm) || page.get === undefined) throw error;
    const answer = await page.get(visit);
    if (!('content' in answer)) return answer;
    const { staleTitle, staleText } = visit.wording.failures;
    return {
      status: error.kind.status,
      content: {
        ...answer.content,
        isFailure: true,
        notice: notice('warning', `${staleTitle}. ${staleText}`),
      },
    };
  }
  return page.post!(visit);
}

function sendFailure(
  app: NestFastifyApplication,
  request: FastifyRequest,
  reply: FastifyReply,
  look: PageLook,
  wording: Wording,
  error: unknown,
): FastifyReply {
  const problem = asProblem(error);
  const { status } = problem.kind;
  if (status >= 500) {
    const log = app.get<Log>(LOG);
    log.error({ requestId: request.id, error: problem.cause ?? error }, problem.kind.title);
  }
  if (problem.retryAfterSeconds !== undefined)
    void reply.header('retry-after', Math.ceil(problem.retryAfterSeconds));
  return send(request, reply, look, wording, status, failureContent(problem, wording, request.id));
}

/** Links of mails, forms with files, and what providers send people back with. */
const secretFields = ['token', sealField, 'state', 'code', 'test'];

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  look: PageLook,
  wording: Wording,
  status: number,
  content: PageContent,
): FastifyReply {
  const query = request.query as Record<string, unknown>;
  const hasSecret = secretFields.some((name) => query[name] !== undefined);
  const frame: PageFrame = {
    words: wording.shell,
    look,
    shownAddress: hasSecret ? addressOf(request) : null,
    languages: request.method === 'GET' && !hasSecret ? languagesFor(request, wording) : [],
  };
  return sendPage(reply, status, frame, content);
}

/** The same page in each language. */
export function languagesFor(
  { url }: FastifyRequest,
  { shell }: Wording,
): NonNullable<PageFrame['languages']> {
  return Object.values(wordings).map(({ shell: { language }, languageName }) => {
    const [path, query = ''] = url.split('?', 2);
    const parameters = new URLSearchParams(query);
    parameters.set('ui_locales', language);
    return {
      language,
      label: languageName,
      href: `${path}?${parameters.toString()}`,
      isCurrent: language === shell.language,
    };
  });
}
