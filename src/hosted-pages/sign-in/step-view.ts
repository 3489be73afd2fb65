import { button } from '../../platform/http/html/buttons.js';
import { codeField, hidden } from '../../platform/http/html/form.js';
import { html, type Markup, type Part } from '../../platform/http/html/markup.js';
import { type Flaw, notice } from '../../platform/http/html/notices.js';
import type { PageContent } from '../../platform/http/html/page.js';
import type { Problem } from '../../platform/problems/problem.js';
import type { Flow, StepNotice, StepResult } from '../../sign-in-flow/sign-in-flow.types.js';
import { invalidToken } from '../../verification/verification.problems.js';
import { formOf } from '../visit.js';
import type { Destination, SignInVisit } from './sign-in-visit.js';

/** What a step that somebody has come to, or failed at, is shown with. */
export interface Shown {
  readonly destination: Destination;
  readonly flaws: readonly Flaw[];
  readonly said: StepNotice | null;
}

export type StepAction = (context: SignInVisit, flow: Flow) => Promise<StepResult>;

/** How one step looks, and what its buttons do. */
export interface StepView {
  readonly show: (context: SignInVisit, flow: Flow, shown: Shown) => Promise<PageContent>;
  /** By the value of the button `act`; `go` is that of the main one. */
  readonly actions: Readonly<Record<string, StepAction>>;
  /** What is wrong with the form, field by field; null for what no typing mends. */
  readonly judge: (context: SignInVisit, problem: Problem) => readonly Flaw[] | null;
  /** What the form says anew of what an earlier step asked for. */
  readonly prepare?: (context: SignInVisit, flow: Flow) => Promise<Flow | null>;
}

/** A form of this very version of the flow. */
export function stepForm(
  { visit, addresses }: SignInVisit,
  { id, version, step }: Flow,
  { content = null, button: end }: { content?: Part; button: Markup },
): Markup {
  return formOf(visit, {
    // Whoever reloads is where they were.
    action: addresses.at('sign-in', { flow: id }),
    content: html`${hidden('flow', id)} ${hidden('version', String(version))} ${hidden('step', step)}
    ${content}`,
    button: end,
  });
}

/** A button that does something else than the main one. */
export function stepButton(context: SignInVisit, flow: Flow, act: string, label: string): Markup {
  return stepForm(context, flow, { button: button({ label, name: 'act', value: act, look: 'secondary' }) });
}

export function errorIn(flaws: readonly Flaw[], name: string): string | null {
  return flaws.find((flaw) => flaw.name === name)?.text ?? null;
}

export function mailCodeField({ words: { mail } }: SignInVisit, flaws: readonly Flaw[]): Markup {
  return codeField({
    name: 'code',
    label: mail.code,
    hint: mail.codeHint,
    isNumeric: true,
    autocomplete: 'one-time-code',
    error: errorIn(flaws, 'code'),
  });
}

/** People type what they see, and what they see has spaces now and then. */
export const typedCode = ({ visit }: SignInVisit): string =>
  visit.typed('code').replace(/[\s-]/g, '').slice(0, 64);

export const isWrongCode = ({ kind, errors = [] }: Problem): boolean =>
  kind === invalidToken || errors.some(({ pointer }) => pointer === '/code');

/** What is wrong, and what has gone well, in front of everything else. */
export function saying(
  { words }: SignInVisit,
  { flaws, said }: Shown,
): Pick<PageContent, 'flaws' | 'notice'> {
  const texts: Record<StepNotice, string> = {
    'mail-sent': words.mail.sentAgain,
    'password-saved': words.reset.saved,
    verified: words.verification.verified,
  };
  return { flaws, ...(said !== null && { notice: notice('good', texts[said]) }) };
}
