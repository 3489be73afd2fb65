import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { colorSheet, type PageLook } from './page-look.js';
import { icon, type IconName } from './icons.js';
import { attributes, html, type Markup, type Part } from './markup.js';
import { errorSummary, type Flaw } from './notices.js';
import { initialOf } from './people.js';
import type { ShellWording } from './shell-wording.js';
import { stylesheetPath } from './stylesheet.js';

interface PageLink {
  readonly label: string;
  readonly href: string;
  readonly isCurrent: boolean;
}

/** What a page says. */
export interface PageContent {
  readonly title: string;
  /** Below the title. */
  readonly lead?: Part;
  readonly content: Markup;
  readonly emblem?: { readonly icon: IconName; readonly tone?: 'plain' | 'good' | 'bad' };
  /** A good or bad outcome of what somebody just did; see `notice`. */
  readonly notice?: Markup | null;
  /** What is wrong with the form; said in front of it, with links to its fields. */
  readonly flaws?: readonly Flaw[];
  /** Something is wrong, and the title says so first. */
  readonly isFailure?: boolean;
  /** `focused`: one thing to do, on a card. `roomy`: a wider one. `sections`: many cards beside a menu. */
  readonly layout?: 'focused' | 'roomy' | 'sections';
  readonly menu?: readonly PageLink[];
  /** Beside the brand of a page with sections, such as the way out. */
  readonly corner?: Markup;
  /** Shows other pages of this server within itself. */
  readonly hasFrames?: boolean;
  /** Its only form sends itself where scripts run, to wherever it goes and whoever sends people on from there. */
  readonly goesOn?: boolean;
  /** A page of this server that it leads to by itself, as its link does: from there a redirect may go anywhere, from a form not. */
  readonly forwardsTo?: string;
  /** Addresses of others to which the server sends whoever posts a form of this page. */
  readonly leadsTo?: readonly string[];
}

export interface PageFrame {
  readonly words: ShellWording;
  readonly look: PageLook;
  /** Where the address carried a secret, what it reads once the page is there; null leaves it. */
  readonly shownAddress: string | null;
  /** This page in other languages. */
  readonly languages?: readonly (PageLink & { readonly language: string })[];
}

/**
 * Sends a page that nothing outside of it can change: no script and no style but its own, no frame around it, no form to
 * elsewhere. A secret leaves the address, so that it stands neither in the history nor on a shared screen.
 */
export function sendPage(
  reply: FastifyReply,
  status: number,
  frame: PageFrame,
  content: PageContent,
): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  return reply
    .status(status)
    .header('content-security-policy', policyOf(nonce, content))
    .header('cross-origin-opener-policy', 'same-origin')
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-content-type-options', 'nosniff')
    .type('text/html; charset=utf-8')
    .send(document(frame, content, nonce).text);
}

/** Browsers hold the policy also against the redirect that answers a form (CSP 3, section 4.2.3). */
function policyOf(nonce: string, { leadsTo = [], hasFrames = false, goesOn = false }: PageContent): string {
  const targets = ["'self'", ...new Set(leadsTo.map(sourceOf))].join(' ');
  return [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    "img-src 'self'",
    ...(hasFrames ? ["frame-src 'self'"] : []),
    ...(goesOn ? [] : [`form-action ${targets}`]),
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** @throws Error for an address that could write into the policy */
function sourceOf(address: string): string {
  const { protocol, origin } = new URL(address);
  const source = protocol === 'https:' || protocol === 'http:' ? origin : protocol;
  if (/[\s;,'"*]/.test(source) || /^(javascript|data|blob|vbscript):/.test(source))
    throw new Error('a page cannot lead there');
  return source;
}

const rightToLeft = new Set(['ar', 'fa', 'he', 'ur']);

function document(
  { words, look, shownAddress, languages = [] }: PageFrame,
  page: PageContent,
  nonce: string,
): Markup {
  const { language } = words;
  const { layout = 'focused', flaws = [] } = page;
  const hasFailed = (page.isFailure ?? false) || flaws.length > 0;
  const direction = rightToLeft.has(language.split('-')[0]!) ? 'rtl' : null;
  const title = `${hasFailed ? `${words.errorPrefix}: ` : ''}${page.title} · ${look.productName}`;
  return html`<!doctype html>
    <html ${attributes({ lang: language, dir: direction })}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="stylesheet" href="${stylesheetPath}" nonce="${nonce}" />
        <style nonce="${nonce}">
          ${colorSheet(look.colors)}
        </style>
        ${page.forwardsTo === undefined ? null : html`<meta http-equiv="refresh" content="0; url=${page.forwardsTo}" />`}
        ${look.logo === null ? null : html`<link rel="icon" href="${look.logo}" />`}
      </head>
      <body class="${layout === 'roomy' ? 'focused roomy' : layout}">
        ${layout === 'sections' ? sections(words, look, page) : focused(words, look, page)}
        ${foot(words, look, languages)}
        ${
          shownAddress === null
            ? null
            : html` <script nonce="${nonce}" data-address="${shownAddress}">
                history.replaceState(null, '', document.currentScript.dataset.address);
              </script>`
        }
        ${page.goesOn ? goOn(nonce) : null}
      </body>
    </html> `;
}

/** Asked of the prototype: a field of the form may bear the name of what forms can do. */
function goOn(nonce: string): Markup {
  return html`<script nonce="${nonce}">
    HTMLFormElement.prototype.submit.call(document.forms[0]);
  </script>`;
}

function focused(words: ShellWording, look: PageLook, page: PageContent): Markup {
  return html`<header class="top">${brand(look)}</header>
    <main>${body(words, page)}</main>`;
}

function sections(words: ShellWording, look: PageLook, page: PageContent): Markup {
  const menu = page.menu ?? [];
  return html`<a class="skip" href="#content">${words.skip}</a>
    <header class="top">
      <div class="bar">${brand(look)}${page.corner ?? null}</div>
    </header>
    <div class="body">
      ${
        menu.length === 0
          ? null
          : html`<nav class="menu" aria-label="${words.menu}">
              <ul role="list">
                ${menu.map((entry) => html`<li>${pageLink(entry)}</li>`)}
              </ul>
            </nav>`
      }
      <main ${attributes({ id: 'content', tabindex: -1, class: menu.length === 0 ? 'alone' : null })}>
        ${body(words, page)}
      </main>
    </div>`;
}

function body(words: ShellWording, page: PageContent): Markup {
  const { emblem, lead = null, notice = null, flaws = [] } = page;
  return html`<div class="heading">
      ${emblem === undefined ? null : html`<span class="emblem ${emblem.tone ?? 'plain'}">${icon(emblem.icon)}</span>`}
      <h1>${page.title}</h1>
      ${lead === null || lead === false ? null : html`<p class="lead">${lead}</p>`}
    </div>
    ${notice} ${flaws.length === 0 ? null : errorSummary(words.errorSummary, flaws)} ${page.content}`;
}

function brand({ logo, productName }: PageLook): Markup {
  return logo === null
    ? html`<div class="brand">
        <span class="monogram" aria-hidden="true">${initialOf(productName)}</span
        ><span dir="auto">${productName}</span>
      </div>`
    : html`<div class="brand"><img src="${logo}" alt="${productName}" /></div>`;
}

function foot(
  words: ShellWording,
  look: PageLook,
  languages: NonNullable<PageFrame['languages']>,
): Markup | null {
  const { footer, supportEmail, supportUrl } = look;
  const help = supportUrl ?? (supportEmail === null ? null : `mailto:${supportEmail}`);
  if (footer === null && help === null && languages.length === 0) return null;
  return html`<footer class="foot">
    ${footer === null ? null : html`<p dir="auto">${footer}</p>`}
    ${help === null ? null : html`<a href="${help}" rel="noreferrer">${words.help}</a>`}
    ${
      languages.length === 0
        ? null
        : html`<nav aria-label="${words.languages}">
            <ul role="list">
              ${languages.map((entry) => html`<li>${pageLink(entry, entry.language)}</li>`)}
            </ul>
          </nav>`
    }
  </footer>`;
}

function pageLink({ label, href, isCurrent }: PageLink, language?: string): Markup {
  const current = isCurrent ? 'page' : null;
  return html`<a ${attributes({ href, lang: language, hreflang: language, 'aria-current': current })}
    >${label}</a
  >`;
}
