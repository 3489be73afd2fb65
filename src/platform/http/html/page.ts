import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { html, type Markup } from './markup.js';
import { pageStyle } from './page-style.js';

/** What a page says. */
export interface PageContent {
  readonly title: string;
  /** Said before the title to whoever hears the page: that something is wrong. */
  readonly titlePrefix?: string;
  readonly content: Markup;
}

export interface PageFrame {
  /** BCP 47. */
  readonly language: string;
  /** Whose page it is. */
  readonly brand: string;
  /** Where the address carried a secret, what it reads once the page is there; null leaves it. */
  readonly shownAddress: string | null;
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
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'`,
    )
    .header('cross-origin-opener-policy', 'same-origin')
    .type('text/html; charset=utf-8')
    .send(document(frame, content, nonce).text);
}

function titleOf({ title, titlePrefix }: PageContent): string {
  return titlePrefix === undefined ? title : `${titlePrefix}: ${title}`;
}

function document({ language, brand, shownAddress }: PageFrame, page: PageContent, nonce: string): Markup {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${titleOf(page)} · ${brand}</title>
        <style nonce="${nonce}">
          ${pageStyle}
        </style>
      </head>
      <body>
        <main>
          <p class="brand" dir="auto">${brand}</p>
          <h1>${page.title}</h1>
          ${page.content}
        </main>
        ${
          shownAddress === null
            ? null
            : html` <script nonce="${nonce}" data-address="${shownAddress}">
                history.replaceState(null, '', document.currentScript.dataset.address);
              </script>`
        }
      </body>
    </html> `;
}
