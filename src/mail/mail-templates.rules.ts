import { invalidTemplateProblem, templateWithoutLinkProblem } from './mail.problems.js';

export interface RenderedParts {
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
}

/** How many texts of its own an organization may have. */
export const mostTemplates = 200;

/**
 * Judges what a template made of sample values. Looking at the result, and not for `{{ link }}`, also finds a link that
 * a condition hides.
 *
 * @param link that the result must show, in every part; null where the mail needs none
 * @throws Problem `invalid_template`, `template_without_link`
 */
export function requireUsable(rendered: RenderedParts, link: string | null): void {
  if (rendered.subject === '') throw invalidTemplateProblem('subject', 'it comes out empty');
  if (rendered.text.trim() === '') throw invalidTemplateProblem('text', 'it comes out empty');
  if (link === null) return;
  if (!rendered.text.includes(link)) throw templateWithoutLinkProblem('text');
  if (rendered.html !== null && !rendered.html.includes(link)) throw templateWithoutLinkProblem('html');
}
