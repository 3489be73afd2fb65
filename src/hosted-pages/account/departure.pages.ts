import { lastOwner } from '../../access-control/access-control.problems.js';
import { MyDeparture } from '../../me/my-departure.service.js';
import { actions, button, linkButton } from '../../platform/http/html/buttons.js';
import { checkbox } from '../../platform/http/html/form.js';
import { card, ticks } from '../../platform/http/html/listings.js';
import { html, type Part } from '../../platform/http/html/markup.js';
import type { Problem } from '../../platform/problems/problem.js';
import { SessionCookies } from '../../platform/http/session-cookies.js';
import { redirectTo } from '../hosted-page.js';
import { actionForm, errorIn, raiseAny } from './account-forms.js';
import type { AccountPath } from './account-addresses.js';
import { noticeField, sealNotice } from './account-notices.js';
import type { AccountPage, AccountVisit, FormOutcome, Judgement } from './account-page.js';

/* Both are for whoever has proven not long ago who they are, so nobody types the password twice. */

export const deactivationPage: AccountPage = {
  path: 'account/deactivation',
  section: 'data',
  isSensitive: true,
  content: (account) => leavingContent(account, 'account/deactivation', 'deactivation', null),
  forms: {
    leave: {
      act: async (account) => {
        const { services, holder } = account;
        await services.get(MyDeparture).deactivate(holder.actor);
        return left(account, 'deactivated');
      },
      judge,
    },
  },
};

export const deletionPage: AccountPage = {
  path: 'account/deletion',
  section: 'data',
  isSensitive: true,
  content: (account, failed) => {
    const understood = checkbox({
      name: 'understood',
      label: account.words.deletion.understood,
      isChecked: account.visit.typed('understood') === 'on',
      isRequired: true,
      error: errorIn(failed, 'understood'),
    });
    return leavingContent(account, 'account/deletion', 'deletion', understood);
  },
  forms: {
    leave: {
      act: async (account) => {
        const { services, visit, holder } = account;
        const isUnderstood = visit.typed('understood') === 'on';
        raiseAny(isUnderstood ? [] : [{ pointer: '/understood', detail: 'must be ticked' }]);
        await services.get(MyDeparture).delete(holder.actor);
        return left(account, 'deleted');
      },
      judge,
    },
  },
};

function leavingContent(
  account: AccountVisit,
  path: AccountPath,
  kind: 'deactivation' | 'deletion',
  more: Part,
) {
  const { visit, words, addresses } = account;
  const { title, lead, effects, submit } = words[kind];
  const form = card({
    title,
    isDangerous: true,
    content: html`${ticks(
      effects.map((text) => ({ text })),
      'alert',
    )}
    ${actionForm(account, path, 'leave', {
      content: more,
      button: actions(
        button({ label: submit, look: 'danger' }),
        linkButton({ href: addresses.to('account/data'), label: words.cancel, look: 'quiet' }),
      ),
    })}`,
  });
  return { title, lead: lead(visit.organization.name), content: form };
}

/** Nobody is signed in any more, so the page that says so is there for everybody. */
function left({ services, visit, addresses }: AccountVisit, notice: 'deactivated' | 'deleted'): FormOutcome {
  services.get(SessionCookies).clear(visit.reply, visit.organization.slug);
  const query = {
    [noticeField]: sealNotice(services, visit, notice),
    ui_locales: visit.wording.shell.language,
  };
  return { answer: redirectTo(addresses.at('account/goodbye', query)) };
}

function judge(account: AccountVisit, problem: Problem): Judgement | null {
  const { flaws } = account.words;
  if (problem.kind === lastOwner) return flaws.lastOwner;
  const unticked = problem.errors?.some(({ pointer }) => pointer === '/understood') ?? false;
  return unticked ? [{ name: 'understood', text: flaws.notUnderstood }] : null;
}
