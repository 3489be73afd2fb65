import { html } from '../platform/http/html/markup.js';
import type { PageContent } from '../platform/http/html/page.js';
import { formOf, type Visit } from './visit.js';
import type { LinkWording } from './wording/wording.js';

/** A page with nothing but a button. */
export function clickContent(visit: Visit, { title, text, button }: LinkWording): PageContent {
  return {
    title,
    content: html`<p>${text(visit.organization.name)}</p>
      ${formOf(visit, html``, button)}`,
  };
}

export function doneContent(title: string, ...lines: readonly string[]): PageContent {
  return {
    title,
    content: html`<div class="good" role="status">${lines.map((line) => html`<p>${line}</p>`)}</div>`,
  };
}
