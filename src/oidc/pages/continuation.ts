import { hash } from 'node:crypto';
import { hidden } from '../../platform/http/html/form.js';
import { html, Markup } from '../../platform/http/html/markup.js';
import type { OidcPages, OidcPageVisit } from '../oidc-pages.types.js';

const script = 'document.forms[0].submit();';
const scriptSource = `'sha256-${hash('sha256', script, 'base64')}'`;
const scriptTag = new Markup(`<script>${script}</script>`);

/**
 * A page that posts its form by itself, to another site too, and by a button where no script runs. Where browsers hold the
 * policy against redirects as well, the site it goes to must be free to send people on: so it names no target.
 */
export function sendContinuation(
  pages: OidcPages,
  visit: OidcPageVisit,
  action: string,
  fields: readonly (readonly [string, string])[],
) {
  const words = pages.continueWords(visit);
  return visit.reply
    .status(visit.status)
    .header(
      'content-security-policy',
      `default-src 'none'; script-src ${scriptSource}; base-uri 'none'; object-src 'none'; frame-ancestors 'none'`,
    )
    .type('text/html; charset=utf-8')
    .send(
      html`<!doctype html>
        <html lang="${words.language}">
          <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <title>${words.title}</title>
          </head>
          <body>
            <form method="post" action="${action}">
              ${fields.map(([name, value]) => hidden(name, value))}
              <noscript><button type="submit">${words.button}</button></noscript>
            </form>
            ${scriptTag}
          </body>
        </html>`.text,
    );
}
