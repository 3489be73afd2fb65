import type { IconName } from '../platform/http/html/icons.js';
import { html } from '../platform/http/html/markup.js';
import type { PageContent } from '../platform/http/html/page.js';
import type { Problem } from '../platform/problems/problem.js';
import { crossSiteRequest, notFound } from '../platform/problems/problems.js';
import { StaleForm } from '../platform/http/html/form-guard.js';
import { invalidToken } from '../verification/verification.problems.js';
import type { Wording } from './wording/wording.js';

interface Failure {
  readonly title: string;
  readonly text: string;
  readonly icon: IconName;
}

/** What went wrong, for people; which of the reasons a link is dead for, nobody learns. */
export function failureContent(problem: Problem, wording: Wording, requestId: string): PageContent {
  const { title, text, icon } = failureOf(problem, wording, requestId);
  return {
    title,
    isFailure: true,
    emblem: { icon, tone: 'bad' },
    content: html`<p role="alert">${text}</p>`,
  };
}

function failureOf(problem: Problem, { failures }: Wording, requestId: string): Failure {
  const { kind } = problem;
  if (kind === invalidToken)
    return { title: failures.deadLinkTitle, text: failures.deadLinkText, icon: 'link' };
  if (kind === notFound)
    return { title: failures.notFoundTitle, text: failures.notFoundText, icon: 'compass' };
  if (problem instanceof StaleForm)
    return { title: failures.staleTitle, text: failures.staleText, icon: 'clock' };
  if (kind === crossSiteRequest)
    return { title: failures.crossSiteTitle, text: failures.crossSiteText, icon: 'shield' };
  if (kind.status === 429 || kind.status === 503)
    return { title: failures.busyTitle, text: failures.busyText, icon: 'clock' };
  const isOurs = kind.status >= 500;
  return {
    title: failures.failedTitle,
    text: isOurs ? failures.failedText(requestId) : failures.notFoundText,
    icon: 'warning',
  };
}
