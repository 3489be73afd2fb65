import { hidden, passwordField } from '../../platform/http/html/form.js';
import { html, type Markup, type Part } from '../../platform/http/html/markup.js';
import type { Flaw } from '../../platform/http/html/notices.js';
import type { FieldError, Problem } from '../../platform/problems/problem.js';
import { raiseInvalid } from '../../platform/problems/problems.js';
import { wrongPassword } from '../../me/me.problems.js';
import { formOf } from '../visit.js';
import type { AccountVisit, FailedForm } from './account-page.js';

interface ActionForm {
  readonly content?: Part;
  readonly button: string | Markup;
  readonly isInline?: boolean;
}

/** A form of a page of the account, which tells it what to do by its field `action`. */
export function actionForm(
  { visit, addresses }: AccountVisit,
  path: string,
  action: string,
  { content = null, ...form }: ActionForm,
): Markup {
  return formOf(visit, {
    ...form,
    action: addresses.at(path),
    content: html`${hidden('action', action)} ${content}`,
  });
}

export function errorIn(failed: FailedForm | null, name: string): string | null {
  return failed?.flaws.find((flaw) => flaw.name === name)?.text ?? null;
}

export function currentPasswordField({ words }: AccountVisit, failed: FailedForm | null): Markup {
  return passwordField({
    name: 'currentPassword',
    label: words.fields.currentPassword,
    autocomplete: 'current-password',
    error: errorIn(failed, 'currentPassword'),
  });
}

/** What the API refuses of a password before any service sees it. */
export function typedPasswordErrors({ visit }: AccountVisit, name: string): FieldError[] {
  const length = [...visit.typed(name)].length;
  if (length === 0) return [{ pointer: `/${name}`, detail: 'must be there' }];
  return length > 256 ? [{ pointer: `/${name}`, detail: 'must have at most 256 characters' }] : [];
}

/** @throws Problem `invalid_request` naming everything that is wrong, unless nothing is */
export function raiseAny(errors: FieldError[]): void {
  if (errors.length > 0) raiseInvalid(errors);
}

/** What is wrong with the current password; nothing where it is something else. */
export function currentPasswordFlaws({ words: { flaws } }: AccountVisit, problem: Problem): Flaw[] {
  const name = 'currentPassword';
  if (problem.kind === wrongPassword) {
    const seconds = problem.retryAfterSeconds;
    return [{ name, text: seconds === undefined ? flaws.wrongPassword : flaws.wait(Math.ceil(seconds)) }];
  }
  const error = problem.errors?.find(({ pointer }) => pointer === `/${name}`);
  if (error === undefined) return [];
  return [{ name, text: error.detail === 'must be there' ? flaws.missing : flaws.wrongPassword }];
}

/** The flaws, or null where there are none: then something else is wrong. */
export const orNull = (flaws: readonly Flaw[]): readonly Flaw[] | null => (flaws.length === 0 ? null : flaws);
