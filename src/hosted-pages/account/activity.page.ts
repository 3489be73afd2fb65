import { History } from '../../history/history.service.js';
import { card, stack, table } from '../../platform/http/html/listings.js';
import { html, type Markup, type Part } from '../../platform/http/html/markup.js';
import type { AccountPage, AccountVisit } from './account-page.js';
import { olderLink } from './older-link.js';

type HistoryEntry = Awaited<ReturnType<History['myChanges']>>['items'][number];
type DayOfActivity = Awaited<ReturnType<History['myActivity']>>['items'][number];

const path = 'account/activity';
const most = 20;

export const activityPage: AccountPage = {
  path,
  section: 'activity',
  content: async (account) => {
    const { services, visit, holder, words } = account;
    const history = services.get(History);
    const pageOf = (cursor: string) => ({ limit: most, ...(cursor !== '' && { cursor }) });
    const changes = await history.myChanges(holder.actor, pageOf(visit.asked('changes')));
    const days = await history.myActivity(holder.actor, pageOf(visit.asked('days')));
    return {
      title: words.sections.activity,
      lead: words.activity.lead,
      content: stack(
        card({
          title: words.activity.changes,
          text: words.activity.changesText,
          content: html`${changesTable(account, changes.items)}
          ${olderLink(account, path, 'changes', changes.nextCursor)}`,
        }),
        card({
          title: words.activity.days,
          text: words.activity.daysText,
          content: html`${daysTable(account, days.items)} ${olderLink(account, path, 'days', days.nextCursor)}`,
        }),
      ),
    };
  },
};

function changesTable(account: AccountVisit, entries: readonly HistoryEntry[]): Markup {
  const { holder, words, moments } = account;
  const { activity } = words;
  if (entries.length === 0) return html`<p class="muted">${activity.noChanges}</p>`;
  return table(
    activity.changes,
    [
      { label: activity.what, cell: (entry) => whatOf(account, entry) },
      { label: activity.when, cell: ({ createdAt }) => moments.time(createdAt) },
      {
        label: activity.who,
        cell: ({ actorId }) => {
          if (actorId === null) return activity.byNobody;
          return actorId === holder.actor.userId ? activity.byYou : activity.bySomebody;
        },
      },
    ],
    entries,
  );
}

function whatOf({ words: { activity } }: AccountVisit, { kind, change }: HistoryEntry): Part {
  const name = activity.changeKinds[kind] ?? kind;
  const [from, to] = [textOf(change['from']), textOf(change['to'] ?? change['email'])];
  if (to === null || kind === 'created') return name;
  const named = (value: string): string => activity.statuses[value] ?? value;
  const shown = kind === 'status_changed' ? named : (value: string) => value;
  const values = from === null ? shown(to) : activity.fromTo(shown(from), shown(to));
  return html`${name} <br /><span class="muted small" dir="auto">${values}</span>`;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function daysTable({ words, moments }: AccountVisit, entries: readonly DayOfActivity[]): Markup {
  const { activity } = words;
  if (entries.length === 0) return html`<p class="muted">${activity.noDays}</p>`;
  return table(
    activity.days,
    [
      { label: activity.day, cell: ({ day }) => moments.day(day) },
      { label: activity.what, cell: ({ kind }) => activity.activityKinds[kind] ?? kind },
      { label: activity.howOften, cell: ({ count }) => count },
      { label: activity.lastAt, cell: ({ lastAt }) => moments.time(lastAt) },
    ],
    entries,
  );
}
