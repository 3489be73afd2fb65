import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Anonymous } from '../platform/access/actor.js';
import { button } from '../platform/http/html/buttons.js';
import { hidden, postForm } from '../platform/http/html/form.js';
import { html, type Markup, type Part } from '../platform/http/html/markup.js';
import { decideLanguage } from './language.rules.js';
import type { HostOrganization } from './page-hosts.service.js';
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
  /** The secret of a link, from the form, else from the address. */
  readonly token: string;
  /** A field of the form that was sent, as it was typed; empty where there is none. */
  readonly typed: (name: string) => string;
  /** A part of the address, by its name in the page's path. */
  readonly param: (name: string) => string;
  /** What stands behind the `?`; empty where it does not. */
  readonly asked: (name: string) => string;
  /** The file of a page that takes one. @throws Problem */
  readonly readFile: () => Promise<Buffer>;
  /** What makes a form one of this browser. */
  readonly seal: () => string;
}

/** The languages of the pages, the first one for whoever wants none of them. */
export const wordings: Readonly<Record<string, Wording>> = { en: english, de: german };

/** In which language somebody is to be answered, whatever else may be wrong with the request. */
export function wordingOf(request: FastifyRequest, userLocale: string | null = null): Wording {
  const language = decideLanguage(
    Object.keys(wordings),
    sent(request, 'ui_locales'),
    userLocale,
    request.headers['accept-language'],
  );
  return wordings[language]!;
}

export function visitOf(
  request: FastifyRequest,
  reply: FastifyReply,
  organization: HostOrganization,
  tools: Pick<Visit, 'seal' | 'readFile'>,
): Visit {
  return {
    request,
    reply,
    visitor: { kind: 'anonymous', origin: request.origin },
    organization,
    wording: wordingOf(request),
    token: sent(request, 'token'),
    typed: (name) => textOf((request.body ?? {}) as Record<string, unknown>, name),
    param: (name) => textOf(request.params as Record<string, unknown>, name),
    asked: (name) => textOf(request.query as Record<string, unknown>, name),
    ...tools,
  };
}

/** Where somebody is, without what came along. */
export function addressOf({ url }: FastifyRequest): string {
  return url.split('?')[0]!;
}

interface PageForm {
  readonly content?: Part;
  /** What the button says, or the buttons. */
  readonly button: string | Markup;
  /** Where it goes; left out, to the page itself. */
  readonly action?: string;
  readonly isInline?: boolean;
}

export const sealField = 'seal';

/** A form that this browser alone can send, and that is answered in the language that it was read in. */
export function formOf(visit: Visit, { content = null, button: end, ...form }: PageForm): Markup {
  return postForm({
    isInline: form.isInline ?? false,
    action: form.action ?? addressOf(visit.request),
    content: html`${hidden(sealField, visit.seal())} ${hidden('ui_locales', visit.wording.shell.language)}
    ${content} ${typeof end === 'string' ? button({ label: end }) : end}`,
  });
}

/** A form with one file. A file leaves no room for other fields, so they stand in its address. */
export function fileFormOf(visit: Visit, { content = null, button: end, action }: PageForm): Markup {
  const query = new URLSearchParams({ [sealField]: visit.seal(), ui_locales: visit.wording.shell.language });
  return postForm({
    isMultipart: true,
    action: `${action ?? addressOf(visit.request)}?${query.toString()}`,
    content: html`${content} ${typeof end === 'string' ? button({ label: end }) : end}`,
  });
}

/** From the form, else from the address. */
export function sent({ body, query }: FastifyRequest, name: string): string {
  return textOf((body ?? query ?? {}) as Record<string, unknown>, name).slice(0, 512);
}

/** A field that came twice is none. */
function textOf(fields: Record<string, unknown>, name: string): string {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === 'string' ? value : '';
}
