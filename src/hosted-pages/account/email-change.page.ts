import { MyEmail } from '../../me/my-email.service.js';
import { actions, button, linkButton } from '../../platform/http/html/buttons.js';
import { field } from '../../platform/http/html/form.js';
import { card } from '../../platform/http/html/listings.js';
import type { Flaw } from '../../platform/http/html/notices.js';
import type { FieldError, Problem } from '../../platform/problems/problem.js';
import { canonicalEmail } from '../../users/identifiers.rules.js';
import { actionForm, errorIn, orNull, raiseAny } from './account-forms.js';
import type { AccountPage, AccountVisit } from './account-page.js';

const path = 'account/email/change';
const samePlace = 'must be another one';

/** What is asked for here waits on the page before: nobody's address changes until the mail to it is read. Whoever is here has proven not long ago who they are. */
export const emailChangeFormPage: AccountPage = {
  path,
  section: 'email',
  isSensitive: true,
  content: (account, failed) => {
    const { visit, holder, words, addresses } = account;
    return {
      title: words.email.changeTitle,
      lead: words.email.changeText(holder.email),
      content: card({
        title: words.email.changeTitle,
        content: actionForm(account, path, 'change', {
          content: field({
            name: 'email',
            label: words.fields.email,
            type: 'email',
            autocomplete: 'email',
            value: visit.typed('email'),
            maxLength: 254,
            error: errorIn(failed, 'email'),
          }),
          button: actions(
            button({ label: words.email.submit }),
            linkButton({ href: addresses.to('account/email'), label: words.cancel, look: 'quiet' }),
          ),
        }),
      }),
    };
  },
  forms: {
    change: {
      act: async (account) => {
        const { services, visit, holder } = account;
        const email = visit.typed('email').trim();
        raiseAny(emailErrors(email, holder.email));
        await services.get(MyEmail).change(holder.actor, { email });
        return { notice: 'emailRequested', at: 'account/email' };
      },
      judge: (account, problem) => orNull(emailFlaws(account, problem)),
    },
  },
};

function emailErrors(text: string, present: string | null): FieldError[] {
  const email = canonicalEmail(text);
  if (email === null) return [{ pointer: '/email', detail: 'must be an e-mail address' }];
  // The present one would withdraw what is pending, which has a button of its own.
  return email === present ? [{ pointer: '/email', detail: samePlace }] : [];
}

function emailFlaws({ visit, words: { flaws } }: AccountVisit, { errors = [] }: Problem): Flaw[] {
  const error = errors.find(({ pointer }) => pointer === '/email');
  if (error === undefined) return [];
  if (error.detail === samePlace) return [{ name: 'email', text: flaws.sameEmail }];
  return [{ name: 'email', text: visit.typed('email').trim() === '' ? flaws.missing : flaws.badEmail }];
}
