import { html } from '../platform/http/html/markup.js';
import type { PageContent } from '../platform/http/html/page.js';
import type { Problem } from '../platform/problems/problem.js';
import { crossSiteRequest, notFound } from '../platform/problems/problems.js';
import { invalidToken } from '../verification/verification.problems.js';
import type { Wording } from './wording/wording.js';

/** What went wrong, for people; which of the reasons a link is dead for, nobody learns. */
export function failureContent(problem: Problem, wording: Wording, requestId: string): PageContent {
  const { title, text } = wordsOf(problem, wording, requestId);
  return {
    title,
    titlePrefix: wording.errorPrefix,
    content: html`<p class="alert" role="alert">${text}</p>`,
  };
}

function wordsOf(
  { kind }: Problem,
  { failures }: Wording,
  requestId: string,
): { title: string; text: string } {
  if (kind === invalidToken) return { title: failures.deadLinkTitle, text: failures.deadLinkText };
  if (kind === notFound) return { title: failures.notFoundTitle, text: failures.notFoundText };
  if (kind === crossSiteRequest) return { title: failures.crossSiteTitle, text: failures.crossSiteText };
  if (kind.status === 429 || kind.status === 503)
    return { title: failures.busyTitle, text: failures.busyText };
  const isOurs = kind.status >= 500;
  return {
    title: failures.failedTitle,
    text: isOurs ? failures.failedText(requestId) : failures.notFoundText,
  };
}
