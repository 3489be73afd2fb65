import { linkButton, stackedActions } from '../platform/http/html/buttons.js';
import type { IconName } from '../platform/http/html/icons.js';
import { html } from '../platform/http/html/markup.js';
import type { PageContent } from '../platform/http/html/page.js';
import { tokenForm } from './token-page.js';
import type { Visit } from './visit.js';
import type { LinkWording } from './wording/wording.js';

/** A page with nothing but a button. */
export function clickContent(
  visit: Visit,
  icon: IconName,
  { title, text, button }: LinkWording,
): PageContent {
  return {
    title,
    lead: text(visit.organization.name),
    emblem: { icon },
    content: tokenForm(visit, null, button),
  };
}

export function doneContent(title: string, ...lines: readonly string[]): PageContent {
  return {
    title,
    emblem: { icon: 'check', tone: 'good' },
    content: html`<div class="stack" role="status">${lines.map((line) => html`<p>${line}</p>`)}</div>`,
  };
}

/** The same with a way on. */
export function doneAndOn(
  title: string,
  lines: readonly string[],
  next: { readonly label: string; readonly href: string },
): PageContent {
  const done = doneContent(title, ...lines);
  return { ...done, content: html`${done.content} ${stackedActions(linkButton(next))}` };
}
