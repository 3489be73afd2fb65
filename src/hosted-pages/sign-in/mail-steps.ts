import { button } from '../../platform/http/html/buttons.js';
import { passwordField } from '../../platform/http/html/form.js';
import { html, type Markup, type Part } from '../../platform/http/html/markup.js';
import type { Flaw } from '../../platform/http/html/notices.js';
import type { PageContent } from '../../platform/http/html/page.js';
import { Problem } from '../../platform/problems/problem.js';
import { tooManyRequests, unavailable } from '../../platform/problems/problems.js';
import type { Flow, StepName } from '../../sign-in-flow/sign-in-flow.types.js';
import { SignInFlows } from '../../sign-in-flow/sign-in-flows.service.js';
import { MagicLinkStep } from '../../sign-in-flow/steps/magic-link.service.js';
import { ResetStep } from '../../sign-in-flow/steps/reset.service.js';
import { VerificationStep } from '../../sign-in-flow/steps/verification.service.js';
import type { CodeType } from '../../verification/short-codes.service.js';
import { invalidTokenProblem } from '../../verification/verification.problems.js';
import { requirePassword } from '../password-reset.page.js';
import { flawOf } from '../problem-wording.js';
import { SignInOptions } from './sign-in-options.service.js';
import { leadsTo, type SignInVisit } from './sign-in-visit.js';
import {
  errorIn,
  isWrongCode,
  mailCodeField,
  saying,
  type Shown,
  type StepAction,
  stepButton,
  stepForm,
  type StepView,
  typedCode,
} from './step-view.js';

/** Nobody has followed the link yet. */
class NotYet extends Problem {}

export const verificationStep: StepView = {
  show: (context, flow, shown) => {
    const { words } = context;
    const { identifier, isNew = false } = flow.state;
    const { newLead, owedLead, followed } = words.verification;
    return mailPage(context, flow, shown, {
      codeType: 'email_verification',
      lead: (isNew ? newLead : owedLead)(identifier),
      codeForm: (code) => stepForm(context, flow, { content: code, button: mainButton(words.mail.useCode) }),
      others: stepButton(context, flow, 'followed', followed),
    });
  },
  actions: {
    go: ({ services, traveller, ...context }, flow) =>
      services
        .get(VerificationStep)
        .redeem(traveller, flow, requireCode({ services, traveller, ...context })),
    followed: async ({ services, traveller }, flow) => {
      const result = await services.get(VerificationStep).goOn(traveller, flow);
      if (result === null) throw new NotYet(invalidTokenProblem().kind);
      return result;
    },
    again: ({ services, traveller }, flow) => services.get(VerificationStep).mailAgain(traveller, flow),
    back: backTo('password'),
  },
  judge: (context, problem) => {
    if (problem instanceof NotYet) return [{ name: 'code', text: context.words.verification.notYet }];
    return judgeCode(context, problem);
  },
};

export const magicLinkStep: StepView = {
  show: (context, flow, shown) => {
    const { words } = context;
    return mailPage(context, flow, shown, {
      codeType: 'magic_link',
      lead: words.magicLink.lead(flow.state.identifier),
      codeForm: (code) => stepForm(context, flow, { content: code, button: mainButton(words.mail.useCode) }),
      others: stepButton(context, flow, 'back', words.magicLink.withPassword),
    });
  },
  actions: {
    go: (context, flow) =>
      context.services.get(MagicLinkStep).redeem(context.traveller, flow, requireCode(context)),
    again: ({ services, traveller }, flow) => services.get(MagicLinkStep).mailAgain(traveller, flow),
    back: backTo('password'),
  },
  judge: judgeCode,
};

export const resetStep: StepView = {
  show: (context, flow, shown) => {
    const { words, visit } = context;
    const { fields } = visit.wording;
    return mailPage(context, flow, shown, {
      codeType: 'password_reset',
      lead: words.reset.lead(flow.state.identifier),
      codeForm: (code) =>
        stepForm(context, flow, {
          content: html`${code}
          ${passwordField({
            name: 'password',
            label: fields.newPassword,
            autocomplete: 'new-password',
            hint: fields.passwordHint,
            error: errorIn(shown.flaws, 'password'),
          })}`,
          button: mainButton(words.reset.button),
        }),
      others: stepButton(context, flow, 'back', words.mail.back),
    });
  },
  actions: {
    go: (context, flow) => {
      const { services, traveller, visit } = context;
      const code = requireCode(context);
      const password = requirePassword(visit.typed('password'));
      return services.get(ResetStep).setPassword(traveller, flow, code, password);
    },
    again: ({ services, traveller }, flow) => services.get(ResetStep).mailAgain(traveller, flow),
    back: backTo('password'),
  },
  judge: (context, problem) => {
    const text = flawOf(problem, '/password', context.visit.wording);
    return text === null ? judgeCode(context, problem) : [{ name: 'password', text }];
  },
};

interface MailPage {
  readonly codeType: CodeType;
  readonly lead: string;
  /** Where the mail has a code. */
  readonly codeForm: (code: Markup) => Markup;
  readonly others: Part;
}

async function mailPage(
  context: SignInVisit,
  flow: Flow,
  shown: Shown,
  { codeType, lead, codeForm, others }: MailPage,
): Promise<PageContent> {
  const { services, visit, words } = context;
  const hasCodes = await services.get(SignInOptions).hasCodes(visit.organization, codeType);
  const said = saying(context, shown);
  return {
    ...said,
    // Without a field for it, the summary would lead nowhere.
    ...(!hasCodes && shown.flaws.length > 0 && withoutField(shown.flaws)),
    title: words.mail.title,
    lead,
    emblem: { icon: 'mail' },
    leadsTo: leadsTo(shown.destination),
    content: html`${hasCodes ? codeForm(mailCodeField(context, shown.flaws)) : null} ${others}
      <p class="below">${words.mail.nothing}</p>
      ${stepButton(context, flow, 'again', words.mail.again)}`,
  };
}

function withoutField(flaws: readonly Flaw[]): Pick<PageContent, 'flaws' | 'notice' | 'isFailure'> {
  return { flaws: [], isFailure: true, notice: noticeOf(flaws) };
}

const noticeOf = (flaws: readonly Flaw[]): Markup =>
  html`<div class="notice bad" role="alert">
    <div>${flaws.map(({ text }) => html`<p>${text}</p>`)}</div>
  </div>`;

const mainButton = (label: string): Markup => button({ label, name: 'act', value: 'go' });

function backTo(step: StepName): StepAction {
  return async ({ services, traveller }, flow) => {
    const { identifier } = flow.state;
    const moved = await services
      .get(SignInFlows)
      .move(traveller, flow, step, { state: { identifier }, userId: null });
    return moved === null ? { kind: 'over' } : { kind: 'moved', flow: moved };
  };
}

/** @throws Problem `invalid_token`, as for any other code that is wrong */
function requireCode(context: SignInVisit): string {
  const code = typedCode(context);
  if (!/^\d{6,10}$/.test(code)) throw invalidTokenProblem();
  return code;
}

function judgeCode({ words: { flaws } }: SignInVisit, problem: Problem): readonly Flaw[] | null {
  if (isWrongCode(problem)) return [{ name: 'code', text: flaws.code }];
  if (problem.kind === tooManyRequests) return [{ name: 'code', text: flaws.tooMany }];
  return problem.kind === unavailable ? [{ name: 'code', text: flaws.busy }] : null;
}
