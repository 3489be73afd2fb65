import { linkButton } from '../platform/http/html/buttons.js';
import { card, facts, items } from '../platform/http/html/listings.js';
import { html, type Markup } from '../platform/http/html/markup.js';
import { notice } from '../platform/http/html/notices.js';
import type { PageContent } from '../platform/http/html/page.js';
import type { CapturedMail } from './file-transport.js';

/** Mails that were not sent, newest first. */
export function mailList(mails: readonly CapturedMail[], folder: string): PageContent {
  const entries = mails.map((mail) => ({
    content: html`<a href="/dev/mails/${mail.id}"><strong>${mail.subject}</strong></a>
      <p class="muted small">to ${mail.to.address}</p>`,
    action: html`<span class="muted small">${moment(mail)}</span>`,
  }));
  return {
    title: 'Captured mails',
    lead: html`No mail leaves this server while SMTP_URL is not set. They are kept in ${folder}.`,
    layout: 'sections',
    content:
      mails.length === 0
        ? notice('info', 'There is none yet.')
        : html`<div class="card">${items(entries)}</div>`,
  };
}

export function oneMail(mail: CapturedMail): PageContent {
  const links = [...new Set(mail.text.match(/https?:\/\/\S+/g))];
  return {
    title: mail.subject,
    layout: 'sections',
    hasFrames: true,
    content: html`<div class="card">
        ${facts([
          { name: 'From', value: html`${mail.from.name} &lt;${mail.from.address}&gt;` },
          { name: 'To', value: html`${mail.to.name} &lt;${mail.to.address}&gt;` },
          { name: 'Time', value: moment(mail) },
          ...links.map((link) => ({
            name: 'Link',
            value: html`<a href="${link}" rel="noreferrer">${link}</a>`,
          })),
        ])}
      </div>
      ${
        mail.html === null
          ? null
          : card({
              title: 'As a page',
              content: html`<iframe
                class="preview"
                sandbox
                src="/dev/mails/${mail.id}/html"
                title="The mail as a page"
              ></iframe>`,
            })
      }
      ${card({ title: 'As text', content: html`<pre class="letter" tabindex="0">${mail.text}</pre>` })}
      <p>${linkButton({ href: '/dev/mails', label: 'All mails', look: 'secondary' })}</p>`,
  };
}

function moment({ capturedAt }: CapturedMail): Markup {
  return html`<time datetime="${capturedAt}">${capturedAt.slice(0, 19).replace('T', ' ')} UTC</time>`;
}
