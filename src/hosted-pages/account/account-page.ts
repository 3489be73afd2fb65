import { button } from '../../platform/http/html/buttons.js';
import { notice, type Flaw } from '../../platform/http/html/notices.js';
import type { PageContent } from '../../platform/http/html/page.js';
import { corner } from '../../platform/http/html/people.js';
import { Problem } from '../../platform/problems/problem.js';
import { notFoundProblem } from '../../platform/problems/problems.js';
import { RecentAuthentication } from '../../recent-authentication/recent-authentication.service.js';
import { type HostedPage, type PageAnswer, redirectTo, type Services, show } from '../hosted-page.js';
import { formOf, type Visit } from '../visit.js';
import { AccountAddresses, type AccountPath } from './account-addresses.js';
import { type AccountHolder, accountHolderOf } from './account-holder.js';
import { type NoticeCode, noticeField, readNotice, sealNotice } from './account-notices.js';
import { accountSections, type SectionName } from './account-sections.js';
import { Moments } from './moments.js';
import { accountWordingOf } from './wording/account-wordings.js';
import type { AccountWording } from './wording/account-wording.js';

/** Somebody on a page of their own account. */
export interface AccountVisit {
  readonly services: Services;
  readonly visit: Visit;
  readonly holder: AccountHolder;
  readonly words: AccountWording;
  readonly addresses: AccountAddresses;
  readonly moments: Moments;
}

/** A form that was refused, for the page to show it again. */
export interface FailedForm {
  readonly action: string;
  /** What is wrong, field by field. */
  readonly flaws: readonly Flaw[];
  /** What is wrong with no field in particular. */
  readonly text?: string;
  readonly problem: Problem;
}

/** What a form has done: what the next page says of it and, unless it is the same one, which that is. */
export type FormOutcome =
  { readonly notice: NoticeCode; readonly at?: AccountPath } | { readonly answer: PageAnswer };

interface AccountForm {
  /** @throws Problem */
  readonly act: (account: AccountVisit) => Promise<FormOutcome>;
  /** Null for what no typing mends. */
  readonly judge?: (account: AccountVisit, problem: Problem) => Judgement | null;
  /** Needs somebody who has shown who they are not long ago, where the page as such does not. */
  readonly isSensitive?: boolean;
}
export type Judgement = readonly Flaw[] | string;

export interface AccountPage {
  readonly path: AccountPath;
  readonly section: SectionName;
  /** Shown to, and used by, whoever has shown who they are not long ago: a session that was stolen is no proof. */
  readonly isSensitive?: boolean;
  readonly content: (account: AccountVisit, failed: FailedForm | null) => Promise<PageContent> | PageContent;
  /** What its forms do, by the value of their field `action`. */
  readonly forms?: Readonly<Record<string, AccountForm>>;
}

/** A page that is there for whoever is signed in; everybody else is asked to sign in, and comes back to it. */
export function hostedAccountPage(services: Services, page: AccountPage): HostedPage {
  const { path, forms } = page;
  return {
    path,
    localeOf: (visit) => localeOf(services, visit),
    get: (visit) => entering(services, visit, page, (account) => shown(account, page, null)),
    ...(forms !== undefined && {
      post: (visit) => entering(services, visit, page, (account) => submitted(account, page, forms)),
    }),
  };
}

export async function localeOf(services: Services, visit: Visit): Promise<string | null> {
  return (await accountHolderOf(services, visit))?.profile.locale ?? null;
}

export async function entering(
  services: Services,
  visit: Visit,
  { path, isSensitive = false }: Pick<AccountPage, 'path' | 'isSensitive'>,
  work: (account: AccountVisit) => Promise<PageAnswer>,
): Promise<PageAnswer> {
  const holder = await accountHolderOf(services, visit);
  const locale = holder?.profile.locale ?? null;
  const addresses = new AccountAddresses(services, visit, locale);
  if (holder === null) return redirectTo(addresses.signIn(path));
  if (isSensitive && !(await services.get(RecentAuthentication).isRecent(holder.actor)))
    return redirectTo(addresses.signIn(path, 'reauthentication'));
  const { language } = visit.wording.shell;
  return work({
    services,
    visit,
    holder,
    words: accountWordingOf(language),
    addresses,
    moments: new Moments(language, locale, holder.profile.timeZone),
  });
}

async function submitted(
  account: AccountVisit,
  page: AccountPage,
  forms: NonNullable<AccountPage['forms']>,
): Promise<PageAnswer> {
  const action = account.visit.typed('action');
  if (!Object.hasOwn(forms, action)) throw notFoundProblem();
  const form = forms[action]!;
  const { services, holder, addresses } = account;
  if (form.isSensitive && !(await services.get(RecentAuthentication).isRecent(holder.actor)))
    return redirectTo(addresses.signIn(page.path, 'reauthentication'));
  return outcomeOf(account, page, action, form);
}

/** Does what a form asks for; or shows the page again, with what is wrong. */
export async function outcomeOf(
  account: AccountVisit,
  page: AccountPage,
  action: string,
  { act, judge = () => null }: AccountForm,
): Promise<PageAnswer> {
  try {
    const outcome = await act(account);
    return 'answer' in outcome ? outcome.answer : done(account, outcome.at ?? page.path, outcome.notice);
  } catch (error) {
    if (!(error instanceof Problem) || error.kind.status === 500) throw error;
    const judgement = judge(account, error) ?? generalFlaw(account, error);
    if (judgement === null) throw error;
    const failed: FailedForm =
      typeof judgement === 'string'
        ? { action, problem: error, flaws: [], text: judgement }
        : { action, problem: error, flaws: judgement };
    if (error.retryAfterSeconds !== undefined)
      void account.visit.reply.header('retry-after', Math.ceil(error.retryAfterSeconds));
    return shown(account, page, failed);
  }
}

/** The page after a form, so that reloading it sends nothing again. */
export function done(account: AccountVisit, at: AccountPath, code: NoticeCode): PageAnswer {
  const { services, visit, addresses } = account;
  return redirectTo(addresses.to(at, { [noticeField]: sealNotice(services, visit, code) }));
}

/** What may happen to any form, and passes. */
function generalFlaw({ words: { flaws } }: AccountVisit, { kind }: Problem): string | null {
  if (kind.status === 429) return flaws.tooMany;
  return kind.status === 503 ? flaws.busy : null;
}

async function shown(
  account: AccountVisit,
  page: AccountPage,
  failed: FailedForm | null,
): Promise<PageAnswer> {
  const { services, visit, words } = account;
  const content = await page.content(account, failed);
  const code = failed === null && visit.request.method !== 'POST' ? readNotice(services, visit) : null;
  return show(
    {
      layout: 'sections',
      menu: menuOf(account, page.section),
      corner: cornerOf(account),
      ...(failed !== null && { isFailure: true, flaws: failed.flaws.map((flaw) => named(words, flaw)) }),
      ...(failed?.text !== undefined && { notice: notice('bad', failed.text) }),
      ...(code !== null && { notice: notice('good', words.notices[code]) }),
      ...content,
    },
    failed?.problem.kind.status ?? 200,
  );
}

/** Away from its field a flaw says whose it is. */
function named(words: AccountWording, { name, text }: Flaw): Flaw {
  const fields: Readonly<Record<string, string | undefined>> = words.fields;
  return { name, text: fields[name] === undefined ? text : `${fields[name]}: ${text}` };
}

function menuOf({ words, addresses }: AccountVisit, current: SectionName) {
  return accountSections.map(([name, path]) => ({
    label: words.sections[name],
    href: addresses.to(path),
    isCurrent: name === current,
  }));
}

function cornerOf({ visit, holder, words, addresses }: AccountVisit) {
  const way = formOf(visit, {
    action: addresses.at('sign-out'),
    button: button({ label: words.signOut, look: 'secondary', isCompact: true }),
    isInline: true,
  });
  return corner(identifierOf(holder), way);
}

/** What somebody signs in with. */
export function identifierOf({ email, username }: AccountHolder): string {
  return email ?? username ?? '';
}
