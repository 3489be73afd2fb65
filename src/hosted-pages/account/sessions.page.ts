import { Me } from '../../me/me.service.js';
import { button } from '../../platform/http/html/buttons.js';
import { hidden } from '../../platform/http/html/form.js';
import { icon } from '../../platform/http/html/icons.js';
import { badge, card, items, stack } from '../../platform/http/html/listings.js';
import { html, type Markup, type Part } from '../../platform/http/html/markup.js';
import { notFound } from '../../platform/problems/problems.js';
import type { SessionView } from '../../sessions/session.view.js';
import { actionForm } from './account-forms.js';
import type { AccountPage, AccountVisit } from './account-page.js';
import { deviceNameOf } from './device-name.rules.js';
import { olderLink } from './older-link.js';

const path = 'account/sessions';

export const sessionsPage: AccountPage = {
  path,
  section: 'sessions',
  content: async (account) => {
    const { services, visit, holder, words } = account;
    const me = services.get(Me);
    const cursor = visit.asked('older');
    const page = await me.listSessions(holder.actor, { limit: 20, ...(cursor !== '' && { cursor }) });
    const current = page.items.filter((session) => session.current);
    const others = page.items.filter((session) => !session.current);
    const hasOthers = others.length > 0 || page.nextCursor !== null;
    return {
      title: words.sections.sessions,
      lead: words.sessions.lead,
      content: stack(
        current.length === 0
          ? null
          : card({
              title: words.sessions.here,
              content: items(current.map((session) => ({ content: about(account, session) }))),
            }),
        card({
          title: words.sessions.others,
          content: html`${
            others.length === 0
              ? html`<p class="muted">${words.sessions.noOthers}</p>`
              : items(others.map((session) => withEnd(account, session)))
          }
          ${olderLink(account, path, 'older', page.nextCursor)}`,
        }),
        hasOthers ? endOthers(account) : null,
      ),
    };
  },
  forms: {
    end: {
      act: async ({ services, visit, holder }) => {
        await services.get(Me).endSession(holder.actor, visit.typed('session'));
        return { notice: 'sessionEnded' };
      },
      judge: ({ words }, { kind }) => (kind === notFound ? words.flaws.gone : null),
    },
    endOthers: {
      act: async ({ services, holder }) => {
        await services.get(Me).endOtherSessions(holder.actor);
        return { notice: 'sessionsEnded' };
      },
    },
  },
};

function withEnd(account: AccountVisit, session: SessionView): { content: Part; action: Part } {
  const { words } = account;
  const end = actionForm(account, path, 'end', {
    content: hidden('session', session.id),
    button: button({
      label: words.sessions.end,
      spoken: words.sessions.endSpoken(nameOf(account, session)),
      look: 'secondary',
      isCompact: true,
    }),
    isInline: true,
  });
  return { content: about(account, session), action: end };
}

function about(account: AccountVisit, session: SessionView): Markup {
  const { words, moments } = account;
  const { sessions } = words;
  return html`<div class="beside">
    <span class="avatar" aria-hidden="true">${icon('device')}</span>
    <div>
      <p>
        <strong dir="auto">${nameOf(account, session)}</strong>
        ${session.current ? badge(sessions.current, 'good') : null}
      </p>
      <p class="muted small">
        ${session.ip === null ? sessions.unknownPlace : html`${sessions.place} <span dir="ltr">${session.ip}</span>`}
      </p>
      <p class="muted small">
        ${sessions.signedIn}
        ${moments.time(session.createdAt)}${session.current ? null : html` · ${sessions.lastUsed} ${moments.time(session.lastUsedAt)}`}
      </p>
    </div>
  </div>`;
}

function nameOf({ words }: AccountVisit, { userAgent }: SessionView): string {
  const { program, system } = deviceNameOf(userAgent);
  return words.sessions.device(program, system);
}

function endOthers(account: AccountVisit): Markup {
  const { words } = account;
  return card({
    title: words.sessions.endOthersTitle,
    text: words.sessions.endOthersText,
    content: actionForm(account, path, 'endOthers', {
      button: button({ label: words.sessions.endOthers, look: 'danger' }),
    }),
  });
}
