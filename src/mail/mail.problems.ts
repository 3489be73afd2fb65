import { defineProblem, Problem } from '../platform/problems/problem.js';
import { tooManyRequests } from '../platform/problems/problems.js';

export const invalidTemplate = defineProblem('invalid_template', 422, 'The template does not work');
export const templateWithoutLink = defineProblem(
  'template_without_link',
  422,
  'This mail is useless without its link, and the template does not show it',
);
export const tooManyTemplates = defineProblem(
  'too_many_templates',
  422,
  'The organization has as many mail templates as it may have',
);
export const mailInDelivery = defineProblem('mail_in_delivery', 409, 'The mail is being sent at this moment');
export const noOwnAddress = defineProblem(
  'no_own_address',
  422,
  'The account has no e-mail address to send a test to',
);

export const invalidTemplateProblem = (part: string, detail: string): Problem =>
  new Problem(invalidTemplate, { detail: `${part}: ${detail}`, errors: [{ pointer: `/${part}`, detail }] });
export const templateWithoutLinkProblem = (part: string): Problem =>
  new Problem(templateWithoutLink, {
    errors: [{ pointer: `/${part}`, detail: 'must contain {{ link }}' }],
  });
export const mailInDeliveryProblem = (): Problem => new Problem(mailInDelivery, { retryAfterSeconds: 30 });
export const tooManyAgainProblem = (): Problem =>
  new Problem(tooManyRequests, {
    detail: 'Enough mails were sent to this address again',
    retryAfterSeconds: 600,
  });

export const tooManyTemplatesAtOnceProblem = (detail: string, retryAfterSeconds: number): Problem =>
  new Problem(tooManyRequests, { detail, retryAfterSeconds });
