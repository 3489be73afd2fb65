import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Anonymous } from '../platform/access/actor.js';
import { hidden } from '../platform/http/html/form.js';
import { html, type Markup } from '../platform/http/html/markup.js';
import { decideLanguage } from './language.rules.js';
import type { HostOrganization } from './link-check.service.js';
import { german } from './wording/de.js';
import { english } from './wording/en.js';
import type { Wording } from './wording/wording.js';

/** Somebody on one of the pages, with what they sent along. */
export interface Visit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly visitor: Anonymous;
  readonly organization: HostOrganization;
  readonly wording: Wording;
  readonly token: string;
  /** A field of the form that was sent, as it was typed; empty where there is none. */
  readonly typed: (name: string) => string;
}

const wordings: Record<string, Wording> = { en: english, de: german };

/** In which language somebody is to be answered, whatever else may be wrong with the request. */
export function wordingOf(request: FastifyRequest): Wording {
  const uiLocales = sent(request, 'ui_locales');
  return wordings[decideLanguage(Object.keys(wordings), uiLocales, request.headers['accept-language'])]!;
}

export function visitOf(request: FastifyRequest, reply: FastifyReply, organization: HostOrganization): Visit {
  return {
    request,
    reply,
    visitor: { kind: 'anonymous', origin: request.origin },
    organization,
    wording: wordingOf(request),
    token: sent(request, 'token'),
    typed: (name) => textOf((request.body ?? {}) as Record<string, unknown>, name),
  };
}

/** Where somebody is, without what came along. */
export function addressOf({ url }: FastifyRequest): string {
  return url.split('?')[0]!;
}

/** A form of the page itself: it posts the token, which by then stands in no address any more. */
export function formOf(visit: Visit, content: Markup, button: string): Markup {
  return html`<form method="post" action="${addressOf(visit.request)}">
    ${hidden('token', visit.token)} ${hidden('ui_locales', visit.wording.language)} ${content}
    <button>${button}</button>
  </form>`;
}

/** From the form, else from the address. */
function sent({ body, query }: FastifyRequest, name: string): string {
  return textOf((body ?? query ?? {}) as Record<string, unknown>, name).slice(0, 512);
}

/** A field that came twice is none. */
function textOf(fields: Record<string, unknown>, name: string): string {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === 'string' ? value : '';
}
