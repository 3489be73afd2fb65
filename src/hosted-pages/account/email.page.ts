import { EmailVerification } from '../../account-recovery/email-verification.service.js';
import { MyEmail } from '../../me/my-email.service.js';
import { MyPendingEmail } from '../../me/my-pending-email.service.js';
import { Database } from '../../platform/database/database.js';
import { actions, button, linkButton } from '../../platform/http/html/buttons.js';
import { codeField } from '../../platform/http/html/form.js';
import { badge, card, stack } from '../../platform/http/html/listings.js';
import { html, type Markup } from '../../platform/http/html/markup.js';
import type { Problem } from '../../platform/problems/problem.js';
import { invalidRequest, notFound, notFoundProblem, raiseInvalid } from '../../platform/problems/problems.js';
import { type CodeType, ShortCodes } from '../../verification/short-codes.service.js';
import { invalidToken } from '../../verification/verification.problems.js';
import { actionForm, errorIn } from './account-forms.js';
import type { AccountPage, AccountVisit, FailedForm, Judgement } from './account-page.js';

const path = 'account/email';

export const emailPage: AccountPage = {
  path,
  section: 'email',
  content: async (account, failed) => {
    const { visit, holder, words } = account;
    const isPending = holder.pendingEmail !== null;
    return {
      title: words.sections.email,
      lead: words.email.lead(visit.organization.name),
      content: stack(
        isPending ? await pendingCard(account, failed) : null,
        await presentCard(account, failed),
      ),
    };
  },
  forms: {
    verify: {
      act: async ({ services, visit, holder }) => {
        if (holder.email === null || holder.isEmailVerified) throw notFoundProblem();
        await services.get(EmailVerification).start(holder.actor, visit.organization.slug, holder.email);
        return { notice: 'verificationSent' };
      },
      judge: judgeGone,
    },
    verifyCode: {
      act: async ({ services, visit, holder }) => {
        if (holder.email === null || holder.isEmailVerified) throw notFoundProblem();
        const code = requireCode(visit.typed('verifyCode'));
        await services
          .get(EmailVerification)
          .confirmWithCode(visit.visitor, visit.organization.slug, holder.email, code);
        return { notice: 'emailVerified' };
      },
      judge: (account, problem) => judgeCode(account, problem, 'verifyCode'),
    },
    changeCode: {
      act: async ({ services, visit, holder }) => {
        if (holder.pendingEmail === null) throw notFoundProblem();
        const code = requireCode(visit.typed('changeCode'));
        await services.get(MyEmail).confirmWithCode(holder.actor, code);
        return { notice: 'emailChanged' };
      },
      judge: (account, problem) => judgeCode(account, problem, 'changeCode'),
    },
    resend: {
      act: async ({ services, holder }) => {
        await services.get(MyPendingEmail).mailAgain(holder.actor);
        return { notice: 'emailResent' };
      },
      judge: judgeGone,
    },
    withdraw: {
      act: async ({ services, holder }) => {
        await services.get(MyPendingEmail).withdraw(holder.actor);
        return { notice: 'emailWithdrawn' };
      },
      judge: judgeGone,
    },
  },
};

/** As people write it down: with a gap or a hyphen in between. @throws Problem `invalid_request` */
function requireCode(text: string): string {
  const code = text.replace(/[\s-]/g, '');
  return /^\d{6,10}$/.test(code) ? code : raiseInvalid([{ pointer: '/code', detail: 'must be digits' }]);
}

function judgeCode({ words: { flaws } }: AccountVisit, { kind }: Problem, name: string): Judgement | null {
  if (kind === invalidRequest) return [{ name, text: flaws.badCode }];
  if (kind === invalidToken) return [{ name, text: flaws.wrongCode }];
  return kind === notFound ? flaws.gone : null;
}

/** Done or undone in another window meanwhile. */
function judgeGone({ words: { flaws } }: AccountVisit, { kind }: Problem): Judgement | null {
  return kind === notFound ? flaws.gone : null;
}

async function presentCard(account: AccountVisit, failed: FailedForm | null): Promise<Markup> {
  const { holder, words, addresses } = account;
  const { email } = words;
  const change = linkButton({
    href: addresses.to('account/email/change'),
    label: holder.email === null ? email.add : email.change,
    look: 'secondary',
  });
  if (holder.email === null)
    return card({ title: email.present, text: email.none, content: actions(change) });
  const state = holder.isEmailVerified ? badge(email.verified, 'good') : badge(email.unverified, 'warning');
  return card({
    title: email.present,
    content: html`<p class="row"><strong dir="auto">${holder.email}</strong> ${state}</p>
      ${holder.isEmailVerified ? null : await unverified(account, failed)} ${actions(change)}`,
  });
}

async function unverified(account: AccountVisit, failed: FailedForm | null): Promise<Markup> {
  const { words } = account;
  return html`<p>${words.email.unverifiedText}</p>
    ${actionForm(account, path, 'verify', { button: button({ label: words.email.verify, icon: 'mail' }) })}
    ${await codeForm(account, failed, 'email_verification', 'verifyCode', words.email.verifyCodeHint)}`;
}

async function pendingCard(account: AccountVisit, failed: FailedForm | null): Promise<Markup> {
  const { holder, words } = account;
  const { email } = words;
  return card({
    title: email.pendingTitle,
    content: html`<p class="row">
        <strong dir="auto">${holder.pendingEmail}</strong> ${badge(email.pendingBadge, 'warning')}
      </p>
      <p>${email.pendingText(holder.pendingEmail!)}</p>
      ${await codeForm(account, failed, 'email_change', 'changeCode', email.pendingCodeHint)}
      ${actions(
        actionForm(account, path, 'resend', {
          button: button({ label: email.resend, look: 'secondary' }),
          isInline: true,
        }),
        actionForm(account, path, 'withdraw', {
          button: button({ label: email.withdraw, look: 'quiet' }),
          isInline: true,
        }),
      )}`,
  });
}

/** Where the organization's mails have codes in them. */
async function codeForm(
  account: AccountVisit,
  failed: FailedForm | null,
  type: CodeType,
  name: 'verifyCode' | 'changeCode',
  hint: string,
): Promise<Markup | null> {
  const { services, visit, words } = account;
  const length = await services
    .get(Database)
    .forOrganization(visit.organization.id, (tx) => services.get(ShortCodes).lengthOf(tx, type));
  if (length === null) return null;
  return actionForm(account, path, name, {
    content: codeField({
      name,
      label: words.fields[name],
      hint,
      isNumeric: true,
      autocomplete: 'one-time-code',
      maxLength: 14,
      error: errorIn(failed, name),
    }),
    button: button({ label: words.email.confirmCode, look: 'secondary' }),
  });
}
