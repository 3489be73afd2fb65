import { html, Markup } from '../platform/http/html/markup.js';
import type { CapturedMail } from './file-transport.js';

const style = new Markup(`
:root { color-scheme: light dark; --page: #f4f5f7; --card: #fff; --text: #1c2330; --quiet: #596275; --line: #d5d9e2; --accent: #2450c4; }
@media (prefers-color-scheme: dark) { :root { --page: #12151b; --card: #1b2029; --text: #e8ebf1; --quiet: #a4adbd; --line: #343c4a; --accent: #8fb0ff; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.5rem 1rem; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; overflow-wrap: anywhere; }
.brand { margin: 0; font-weight: 700; color: var(--accent); }
h1 { margin: 0 0 0.25rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 1.5rem 0 0.5rem; font-size: 1rem; }
p { margin: 0 0 1rem; }
.quiet, dt, time { color: var(--quiet); font-size: 0.875rem; }
a { color: var(--accent); }
ul { margin: 0; padding: 0; list-style: none; }
li, .part { border: 1px solid var(--line); border-radius: 0.5rem; background: var(--card); }
li { position: relative; margin-bottom: 0.5rem; padding: 0.75rem 1rem; }
li a { display: block; font-weight: 600; text-decoration: none; }
li a::after { content: ''; position: absolute; inset: 0; }
li:hover a { text-decoration: underline; }
li span, li time { display: inline-block; margin-right: 1rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0.15rem 1rem; margin: 0 0 1rem; }
dd { margin: 0; }
pre { margin: 0; padding: 1rem; white-space: pre-wrap; font-size: 0.9rem; }
iframe { display: block; width: 100%; height: 42rem; border: 0; border-radius: 0.5rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`);

/** Mails that were not sent, newest first. */
export function renderMailList(mails: readonly CapturedMail[], folder: string, nonce: string): string {
  const items = mails.map(
    (mail) =>
      html`<li>
        <a href="/dev/mails/${mail.id}">${mail.subject}</a
        ><span class="quiet">to ${mail.to.address}</span>${moment(mail)}
      </li>`,
  );
  return document(
    'Captured mails',
    nonce,
    html`<p class="quiet">
        No mail leaves this server while SMTP_URL is not set. They are kept in ${folder}.
      </p>
      ${
        mails.length === 0
          ? html`<p>There is none yet.</p>`
          : html`<ul>
              ${items}
            </ul>`
      }`,
  );
}

export function renderMail(mail: CapturedMail, nonce: string): string {
  const links = [...new Set(mail.text.match(/https?:\/\/\S+/g))];
  return document(
    mail.subject,
    nonce,
    html`<dl>
        <dt>From</dt>
        <dd>${mail.from.name} &lt;${mail.from.address}&gt;</dd>
        <dt>To</dt>
        <dd>${mail.to.name} &lt;${mail.to.address}&gt;</dd>
        <dt>Time</dt>
        <dd>${moment(mail)}</dd>
      </dl>
      ${links.map((link) => html`<p><a href="${link}" rel="noreferrer">${link}</a></p>`)}
      ${
        mail.html === null
          ? null
          : html`<h2>As a page</h2>
              <div class="part">
                <iframe sandbox src="/dev/mails/${mail.id}/html" title="The mail as a page"></iframe>
              </div>`
      }
      <h2>As text</h2>
      <div class="part" tabindex="0"><pre>${mail.text}</pre></div>
      <p></p>
      <p><a href="/dev/mails">All mails</a></p>`,
  );
}

function moment({ capturedAt }: CapturedMail): Markup {
  return html`<time datetime="${capturedAt}">${capturedAt.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

function document(title: string, nonce: string, content: Markup): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} · Tenantry</title>
        <style nonce="${nonce}">
          ${style}
        </style>
      </head>
      <body>
        <main>
          <p class="brand">Tenantry · development</p>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`.text;
}
