import { PasswordReset } from '../../account-recovery/password-reset.service.js';
import { MyPassword } from '../../me/my-password.service.js';
import { field, passwordField } from '../../platform/http/html/form.js';
import { card } from '../../platform/http/html/listings.js';
import { html, type Markup } from '../../platform/http/html/markup.js';
import type { Flaw } from '../../platform/http/html/notices.js';
import type { Problem } from '../../platform/problems/problem.js';
import { notFoundProblem } from '../../platform/problems/problems.js';
import { flawOf } from '../problem-wording.js';
import {
  actionForm,
  currentPasswordField,
  currentPasswordFlaws,
  errorIn,
  orNull,
  raiseAny,
  typedPasswordErrors,
} from './account-forms.js';
import { type AccountPage, type AccountVisit, type FailedForm, identifierOf } from './account-page.js';

const path = 'account/password';

export const passwordPage: AccountPage = {
  path,
  section: 'password',
  isSensitive: true,
  content: (account, failed) => {
    const { holder, words } = account;
    return {
      title: words.sections.password,
      lead: words.password.lead,
      content: holder.hasPassword ? changeCard(account, failed) : firstPasswordCard(account),
    };
  },
  forms: {
    change: {
      act: async (account) => {
        const { services, visit, holder } = account;
        const [currentPassword, password] = [visit.typed('currentPassword'), visit.typed('password')];
        const isRepeated = visit.typed('again') === password;
        raiseAny([
          ...typedPasswordErrors(account, 'currentPassword'),
          ...typedPasswordErrors(account, 'password'),
          ...(isRepeated ? [] : [{ pointer: '/again', detail: 'must be the same' }]),
        ]);
        await services.get(MyPassword).change(holder.actor, { currentPassword, password });
        return { notice: 'passwordChanged' };
      },
      judge: (account, problem) =>
        orNull([...currentPasswordFlaws(account, problem), ...newPasswordFlaws(account, problem)]),
    },
    mailLink: {
      act: async ({ services, visit, holder }) => {
        if (holder.hasPassword || holder.email === null) throw notFoundProblem();
        await services.get(PasswordReset).start(visit.visitor, visit.organization.slug, holder.email);
        return { notice: 'passwordLinkSent' };
      },
    },
  },
};

function newPasswordFlaws({ visit, words }: AccountVisit, problem: Problem): Flaw[] {
  const errors = problem.errors ?? [];
  const isSame = errors.some(({ detail }) => detail === 'must differ from the current one');
  const text = isSame ? words.flaws.samePassword : flawOf(problem, '/password', visit.wording);
  const isRepeated = errors.every(({ pointer }) => pointer !== '/again');
  return [
    ...(text === null ? [] : [{ name: 'password', text }]),
    ...(isRepeated ? [] : [{ name: 'again', text: words.flaws.differs }]),
  ];
}

function changeCard(account: AccountVisit, failed: FailedForm | null): Markup {
  const { visit, holder, words, moments } = account;
  const changed = holder.passwordChangedAt;
  return card({
    title: words.password.save,
    text: html`${changed === null ? null : html`${words.password.changed} ${moments.date(changed)}. `}${words.password.endsOthers}`,
    content: actionForm(account, path, 'change', {
      content: html`${field({
        name: 'account',
        label: words.password.account,
        type: 'text',
        // So that a password manager knows whose password it is to keep.
        autocomplete: 'username',
        value: identifierOf(holder),
        isFixed: true,
      })}
      ${currentPasswordField(account, failed)}
      ${passwordField({
        name: 'password',
        label: words.fields.password,
        autocomplete: 'new-password',
        hint: visit.wording.fields.passwordHint,
        error: errorIn(failed, 'password'),
      })}
      ${passwordField({
        name: 'again',
        label: words.fields.again,
        autocomplete: 'new-password',
        error: errorIn(failed, 'again'),
      })}`,
      button: words.password.save,
    }),
  });
}

/** Somebody who came in by a link has none to prove: whoever reads the mail of the address sets the first one. */
function firstPasswordCard(account: AccountVisit): Markup {
  const { holder, words } = account;
  if (holder.email === null)
    return card({
      title: words.password.noneTitle,
      content: html`<p>${words.password.noneWithoutEmail}</p>`,
    });
  return card({
    title: words.password.noneTitle,
    text: words.password.noneText(holder.email),
    content: actionForm(account, path, 'mailLink', { button: words.password.mailLink }),
  });
}
