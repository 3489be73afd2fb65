import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomBytes } from 'node:crypto';
import { isDatabaseUnavailable } from '../../platform/database/database-errors.js';
import { PublicAddresses } from '../../platform/http/public-addresses.js';
import { SessionCookies } from '../../platform/http/session-cookies.js';
import { wantsPage } from '../../platform/http/wants-page.js';
import { LOG, type Log } from '../../platform/log/log.js';
import type { Issuer } from '../issuer.types.js';
import { Issuers } from '../issuers.service.js';
import type { OidcPages, OidcPageVisit } from '../oidc-pages.types.js';
import { takeShown } from '../pages/shown-pages.js';
import { note } from '../request-notes.js';
import { isForeignForm, readForeignForm } from './foreign-forms.js';
import { askedBy } from './asked.js';
import { handOver, passHeaders, takeHeaders } from './handover.js';

const browserPattern = /^[\w-]{43}$/;
/** Where somebody begins what only the same browser may finish. */
const beginsInBrowser = new Set(['/o/:slug/auth', '/o/:slug/device']);

/** Takes requests from Fastify to the engine, and what is to be shown back. */
export class ProtocolMount {
  readonly #issuers: Issuers;
  readonly #addresses: PublicAddresses;
  readonly #cookies: SessionCookies;
  readonly #log: Log;

  constructor(
    app: NestFastifyApplication,
    private readonly pages: OidcPages,
  ) {
    this.#issuers = app.get(Issuers);
    this.#addresses = app.get(PublicAddresses);
    this.#cookies = app.get(SessionCookies);
    this.#log = app.get<Log>(LOG);
  }

  async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { slug } = request.params as { slug: string };
    const sessionToken = this.#cookies.read(request, slug);
    const asked = await askedBy(request, slug, sessionToken);
    const known = asked && (await this.#issuers.read(asked));
    if (known === null)
      return wantsPage(request) ? this.pages.sendNotFound(request, reply) : unknownIssuer(reply);
    const { issuer } = known;
    if (sessionToken === null && isForeignForm(request) && !this.#cookies.isSameOrigin(request))
      return this.repeat(issuer, request, reply);
    const provider = await this.#issuers.instanceOf(issuer);
    note(request.raw, {
      issuer,
      origin: request.origin,
      browser: this.browserOf(request, reply),
      sessionToken,
      asked: asked!,
      known,
    });
    const uiLocales = uiLocalesOf(request);
    handOver(request, `/o/${slug}`, this.#addresses);
    passHeaders(reply);
    await provider.callback()(request.raw, reply.raw);
    const shown = takeShown(request.raw);
    if (shown === undefined) return reply.hijack();
    takeHeaders(reply);
    const visit: OidcPageVisit = { organization: issuer, request, reply, status: shown.status, uiLocales };
    return this.pages.send(shown.page, visit);
  }

  /** What happens outside of the engine. It answers its own failures by itself. */
  fail(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { statusCode = 500 } = error as { statusCode?: number };
    // Not even a request, says Fastify: a content type that is none, and the like.
    if (statusCode >= 400 && statusCode < 500)
      return reply.status(statusCode).send({ error: 'invalid_request' });
    const isUnavailable = isDatabaseUnavailable(error);
    this.#log.error({ requestId: request.id, error }, 'a protocol request failed');
    if (isUnavailable) void reply.header('retry-after', '1');
    return reply
      .status(isUnavailable ? 503 : 500)
      .send({ error: isUnavailable ? 'temporarily_unavailable' : 'server_error' });
  }

  private async repeat(issuer: Issuer, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { action, fields } = await readForeignForm(request);
    const uiLocales = fields.find(([name]) => name === 'ui_locales')?.[1].slice(0, 200) ?? null;
    void reply.header('cache-control', 'no-store');
    const visit: OidcPageVisit = { organization: issuer, request, reply, status: 200, uiLocales };
    return this.pages.send({ kind: 'continue', action, fields }, visit);
  }

  private browserOf(request: FastifyRequest, reply: FastifyReply): string | null {
    const known = this.#cookies.readBrowser(request);
    if (known !== null && browserPattern.test(known)) return known;
    if (!beginsInBrowser.has(request.routeOptions.url ?? '')) return null;
    const name = randomBytes(32).toString('base64url');
    reply.raw.appendHeader('set-cookie', this.#cookies.browserHeader(reply, name));
    return name;
  }
}

function unknownIssuer(reply: FastifyReply): FastifyReply {
  return reply.status(404).send({ error: 'not_found', error_description: 'there is no such issuer' });
}

function uiLocalesOf({ query }: FastifyRequest): string | null {
  const { ui_locales: uiLocales } = query as { ui_locales?: unknown };
  return typeof uiLocales === 'string' ? uiLocales.slice(0, 200) : null;
}
