import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { button } from '../platform/http/html/buttons.js';
import { field, hidden, postForm } from '../platform/http/html/form.js';
import { FormGuard, StaleForm } from '../platform/http/html/form-guard.js';
import { html } from '../platform/http/html/markup.js';
import { notice } from '../platform/http/html/notices.js';
import { type PageContent, sendPage } from '../platform/http/html/page.js';
import { productLook } from '../platform/http/html/page-look.js';
import { OrganizationDiscovery } from '../organization-discovery/organization-discovery.service.js';
import { Problem, raise } from '../platform/problems/problem.js';
import { tooManyRequests } from '../platform/problems/problems.js';
import { languagesFor } from './page-routes.js';
import { sealField, sent, wordingOf } from './visit.js';
import { signInWordingOf } from './wording/sign-in-wordings.js';

const path = '/sign-in';
const scopeOfForms = 'organization-discovery';

/** The one page for people outside of any organization: it finds theirs. */
export function installDiscoveryPage(scope: FastifyInstance, app: NestFastifyApplication): void {
  scope.get(path, (request, reply) => send(request, reply, form(app, request, reply, null)));

  scope.post(path, async (request, reply) => {
    const wording = wordingOf(request);
    const { discovery, flaws } = signInWordingOf(wording.shell.language);
    const email = sent(request, 'email').trim();
    try {
      app.get(FormGuard).require(request, scopeOfForms, sent(request, sealField));
      const visitor = { kind: 'anonymous', origin: request.origin } as const;
      await app.get(OrganizationDiscovery).start(visitor, email, wording.shell.language);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { kind, retryAfterSeconds } = error;
      if (retryAfterSeconds !== undefined) void reply.header('retry-after', Math.ceil(retryAfterSeconds));
      if (error instanceof StaleForm) {
        const { staleTitle, staleText } = wording.failures;
        const again = form(app, request, reply, null);
        const said = notice('warning', `${staleTitle}. ${staleText}`);
        return send(request, reply, { ...again, isFailure: true, notice: said }, kind.status);
      }
      const isMalformed = error.errors?.some(({ pointer }) => pointer === '/email') ?? false;
      if (!isMalformed && kind !== tooManyRequests) return raise(error);
      return send(
        request,
        reply,
        form(app, request, reply, isMalformed ? flaws.email : flaws.tooMany),
        kind.status,
      );
    }
    return send(request, reply, {
      title: discovery.sentTitle,
      emblem: { icon: 'mail', tone: 'good' },
      content: html`<p role="status">${discovery.sent(email)}</p>`,
    });
  });
}

function form(
  app: NestFastifyApplication,
  request: FastifyRequest,
  reply: FastifyReply,
  error: string | null,
): PageContent {
  const wording = wordingOf(request);
  const { discovery } = signInWordingOf(wording.shell.language);
  return {
    title: discovery.title,
    lead: discovery.lead,
    emblem: { icon: 'compass' },
    flaws: error === null ? [] : [{ name: 'email', text: error }],
    content: postForm({
      action: path,
      content: html`${hidden(sealField, app.get(FormGuard).seal(request, reply, scopeOfForms))}
      ${hidden('ui_locales', wording.shell.language)}
      ${field({
        name: 'email',
        label: wording.fields.email,
        type: 'email',
        autocomplete: 'email',
        value: request.method === 'POST' ? sent(request, 'email') : '',
        maxLength: 254,
        hasFocus: error === null,
        error,
      })}
      ${button({ label: discovery.button })}`,
    }),
  };
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  content: PageContent,
  status = 200,
): FastifyReply {
  const wording = wordingOf(request);
  const languages = request.method === 'GET' ? languagesFor(request, wording) : [];
  return sendPage(
    reply,
    status,
    { words: wording.shell, look: productLook, shownAddress: null, languages },
    content,
  );
}
