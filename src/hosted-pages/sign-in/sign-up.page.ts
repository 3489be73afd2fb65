import { button } from '../../platform/http/html/buttons.js';
import { field, passwordField } from '../../platform/http/html/form.js';
import { html } from '../../platform/http/html/markup.js';
import type { Flaw } from '../../platform/http/html/notices.js';
import type { PageContent } from '../../platform/http/html/page.js';
import { Problem, raise } from '../../platform/problems/problem.js';
import { tooManyRequests, unavailable } from '../../platform/problems/problems.js';
import { Passwords } from '../../passwords/passwords.service.js';
import { Database } from '../../platform/database/database.js';
import { UserAccounts } from '../../users/user-accounts.service.js';
import { SignInBeginnings } from '../../sign-in-flow/sign-in-beginnings.service.js';
import { emailDomainNotAllowed, registrationClosed } from '../../sign-up/sign-up.problems.js';
import { type HostedPage, type PageAnswer, redirectTo, type Services, show } from '../hosted-page.js';
import { providerButtons } from '../providers/provider-buttons.js';
import { requirePassword } from '../password-reset.page.js';
import { flawOf } from '../problem-wording.js';
import { beginningForm } from './beginning-form.js';
import { over } from './going-on.js';
import { type OfferedWays, SignInOptions } from './sign-in-options.service.js';
import {
  type Destination,
  destinationFields,
  findInteraction,
  leadsTo,
  readDestination,
  signInVisitOf,
  type SignInVisit,
} from './sign-in-visit.js';
import { errorIn } from './step-view.js';

/** Where people make their own account, if the organization lets them. Whoever has one already reads the same. */
export const signUpPage = (services: Services): HostedPage => ({
  path: 'sign-up',
  localeOf: async (visit) =>
    (await findInteraction(signInVisitOf(services, visit), visit.asked('interaction')))?.uiLocales ?? null,
  get: async (visit) => {
    const context = signInVisitOf(services, visit);
    const destination = await readDestination(context);
    return destination === null ? over(context) : showSignUp(context, destination);
  },
  post: (visit) => signUp(signInVisitOf(services, visit)),
});

async function showSignUp(
  context: SignInVisit,
  destination: Destination,
  flaws: readonly Flaw[] = [],
  status = 200,
): Promise<PageAnswer> {
  const ways = await context.services.get(SignInOptions).read(context.visit.organization);
  return ways.signUp === 'open'
    ? show(signUpForm(context, destination, ways, flaws), status)
    : show(closed(context, destination, ways), 403);
}

interface Person {
  readonly email: string;
  readonly fullName: string | null;
  readonly password: string;
}

async function signUp(context: SignInVisit): Promise<PageAnswer> {
  const { visit, services, traveller, addresses } = context;
  const destination = await readDestination(context);
  if (destination === null) return over(context);
  const { interaction, returnTo } = destination;
  const beginning = { id: visit.typed('begin'), interaction: interaction?.uid ?? null, returnTo };
  const person: Person = {
    email: visit.typed('email').trim(),
    fullName: visit.typed('fullName').trim() || null,
    password: visit.typed('password'),
  };
  try {
    services.get(UserAccounts).readProfile({ email: person.email, fullName: person.fullName });
    requirePassword(person.password);
    const flow = await services.get(SignInBeginnings).bySigningUp(traveller, beginning, person);
    return redirectTo(addresses.to('sign-in', { flow: flow?.id ?? beginning.id }));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.kind === registrationClosed) return showSignUp(context, destination);
    const flaws = judge(context, error) ?? raise(error);
    return showSignUp(context, destination, await withPassword(context, person, flaws), error.kind.status);
  }
}

/** What is wrong with the password too, so that nobody mends one field only to hear of the next. */
async function withPassword(
  { visit, services }: SignInVisit,
  { password, ...person }: Person,
  flaws: readonly Flaw[],
): Promise<readonly Flaw[]> {
  if (flaws.some(({ name }) => name === 'password')) return flaws;
  try {
    requirePassword(password);
    await services
      .get(Database)
      .forOrganization(visit.organization.id, (tx) =>
        services.get(Passwords).requireAcceptable(tx, password, { ...person, username: null }),
      );
    return flaws;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const text = flawOf(error, '/password', visit.wording);
    return text === null ? flaws : [...flaws, { name: 'password', text }];
  }
}

function judge(
  { visit: { wording }, words: { flaws } }: SignInVisit,
  problem: Problem,
): readonly Flaw[] | null {
  const { kind, errors = [] } = problem;
  if (kind === tooManyRequests) return [{ name: 'email', text: flaws.tooMany }];
  if (kind === unavailable) return [{ name: 'password', text: flaws.busy }];
  if (kind === emailDomainNotAllowed) return [{ name: 'email', text: flaws.domain }];
  const found = errors.flatMap(({ pointer }): Flaw[] => {
    if (pointer === '/email') return [{ name: 'email', text: flaws.email }];
    if (pointer === '/fullName') return [{ name: 'fullName', text: wording.flaws.badName }];
    const text = flawOf(problem, pointer, wording);
    return pointer === '/password' && text !== null ? [{ name: 'password', text }] : [];
  });
  return found.length === 0 ? null : found;
}

function signUpForm(
  context: SignInVisit,
  destination: Destination,
  { domains, providers }: OfferedWays,
  flaws: readonly Flaw[],
): PageContent {
  const { visit, words, addresses } = context;
  const { signUp: say } = words;
  const { fields, shell } = visit.wording;
  const { interaction } = destination;
  const allowed = new Intl.ListFormat(shell.language, { type: 'disjunction' }).format(domains);
  return {
    title: say.title,
    lead:
      interaction === null
        ? say.lead(visit.organization.name)
        : words.signIn.leadFor(interaction.application.name),
    flaws,
    leadsTo: leadsTo(destination),
    content: html`${beginningForm(context, destination, {
        page: 'sign-up',
        content: html`${field({
          name: 'email',
          label: fields.email,
          type: 'email',
          autocomplete: 'username',
          value: visit.typed('email') || emailOf(interaction?.loginHint ?? ''),
          maxLength: 254,
          ...(domains.length > 0 && { hint: say.allowedDomains(allowed) }),
          error: errorIn(flaws, 'email'),
        })}
        ${field({
          name: 'fullName',
          label: fields.fullName,
          note: shell.optional,
          type: 'text',
          autocomplete: 'name',
          value: visit.typed('fullName'),
          maxLength: 200,
          isOptional: true,
          error: errorIn(flaws, 'fullName'),
        })}
        ${passwordField({
          name: 'password',
          label: fields.password,
          autocomplete: 'new-password',
          hint: fields.passwordHint,
          error: errorIn(flaws, 'password'),
        })}`,
        button: button({ label: say.button }),
      })}
      ${providerButtons(context, destination, providers)}
      <p class="below">
        ${say.haveAccount}
        <a href="${addresses.to('sign-in', { ...destinationFields(destination), other: 'yes' })}"
          >${say.signIn}</a
        >
      </p>`,
  };
}

const emailOf = (hint: string): string => (hint.includes('@') ? hint : '');

function closed(
  { visit, words: { signUp: say }, addresses }: SignInVisit,
  destination: Destination,
  { signUp: mode }: OfferedWays,
): PageContent {
  const { name } = visit.organization;
  const fields = { ...destinationFields(destination), other: 'yes' };
  return {
    title: say.closedTitle,
    emblem: { icon: 'users' },
    content: html`<p>${mode === 'invitation' ? say.invitationOnly(name) : say.closed(name)}</p>
      <p class="below">${say.haveAccount} <a href="${addresses.to('sign-in', fields)}">${say.signIn}</a></p>`,
  };
}
