import { button, divider } from '../../platform/http/html/buttons.js';
import { field, passwordField } from '../../platform/http/html/form.js';
import { html, type Markup } from '../../platform/http/html/markup.js';
import type { Flaw } from '../../platform/http/html/notices.js';
import { raiseInvalid, tooManyRequests, unavailable } from '../../platform/problems/problems.js';
import type { Flow } from '../../sign-in-flow/sign-in-flow.types.js';
import { PasswordStep } from '../../sign-in-flow/steps/password.service.js';
import { invalidCredentials } from '../../sign-in/sign-in.problems.js';
import { requirePassword } from '../password-reset.page.js';
import { providerButtons } from '../providers/provider-buttons.js';
import { type OfferedWays, SignInOptions } from './sign-in-options.service.js';
import { type Destination, destinationFields, leadsTo, type SignInVisit } from './sign-in-visit.js';
import { errorIn, saying, stepForm, type StepView } from './step-view.js';

export const passwordStep: StepView = {
  show: async (context, flow, shown) => {
    const { visit, services, words } = context;
    const ways = await services.get(SignInOptions).read(visit.organization);
    const { destination, flaws } = shown;
    const isAgain = flow.state.reauthenticates !== undefined;
    const isFixed = isAgain || ways.identifierFirst;
    return {
      ...saying(context, shown),
      title: isAgain ? words.again.title : isFixed ? words.signIn.passwordTitle : words.signIn.title,
      lead: isAgain ? words.again.lead : leadOf(context, destination),
      leadsTo: leadsTo(destination),
      content: html`${stepForm(context, flow, {
        content: html`${
          isFixed
            ? fixedIdentifier(context, flow, destination)
            : identifierField(context, flow.state.identifier, flaws)
        }
        ${currentPassword(context, flaws, { hasFocus: isFixed && flaws.length === 0 })}`,
        button: html`${button({
          label: isAgain ? words.again.button : words.signIn.button,
          name: 'act',
          value: 'go',
        })}
        ${ways.magicLink ? magicLinkButton(context) : null}`,
      })}
      ${providerButtons(context, destination, ways.providers, { flow: flow.id })}
      ${below(context, destination, ways, isAgain)}`,
    };
  },
  prepare: async (context, flow) => {
    const { services, traveller, visit } = context;
    if (visit.typed('identifier').trim() === '') return flow;
    const identifier = requireIdentifier(visit.typed('identifier'));
    return services.get(PasswordStep).rename(traveller, flow, identifier);
  },
  actions: {
    go: async ({ services, traveller, visit }, flow) => {
      const password = requirePassword(visit.typed('password'));
      return services.get(PasswordStep).prove(traveller, flow, password);
    },
    'magic-link': ({ services, traveller }, flow) => services.get(PasswordStep).mailLink(traveller, flow),
  },
  judge: judgeCredentials,
};

/** What is wrong with the forms that ask for name and password. */
export function judgeCredentials(
  { words, visit }: SignInVisit,
  { kind, errors = [], retryAfterSeconds }: Parameters<StepView['judge']>[1],
): readonly Flaw[] | null {
  const { flaws } = words;
  if (kind === tooManyRequests) return [{ name: 'password', text: flaws.tooMany }];
  if (kind === unavailable) return [{ name: 'password', text: flaws.busy }];
  if (kind === invalidCredentials) {
    const text =
      retryAfterSeconds === undefined ? flaws.credentials : flaws.wait(Math.ceil(retryAfterSeconds));
    return [{ name: 'password', text }];
  }
  const found = errors.flatMap(({ pointer, detail }): Flaw[] => {
    if (pointer === '/email') return [{ name: 'identifier', text: flaws.emailForLink }];
    if (pointer === '/identifier') return [{ name: 'identifier', text: visit.wording.flaws.missing }];
    if (pointer !== '/password') return [];
    const text = detail === 'must be there' ? visit.wording.flaws.missing : visit.wording.flaws.tooLong;
    return [{ name: 'password', text }];
  });
  return found.length === 0 ? null : found;
}

/** @throws Problem `invalid_request` for what nobody can be called */
export function requireIdentifier(text: string): string {
  const identifier = text.trim();
  // Control characters are in nobody's name, and some of them in no text of the database.
  if (identifier === '' || identifier.length > 254 || /\p{Cc}/u.test(identifier))
    raiseInvalid([{ pointer: '/identifier', detail: 'must be there' }]);
  return identifier;
}

export const leadOf = ({ words: { signIn }, visit }: SignInVisit, { interaction }: Destination): string =>
  interaction === null ? signIn.lead(visit.organization.name) : signIn.leadFor(interaction.application.name);

export function identifierField(
  { words: { signIn } }: SignInVisit,
  value: string,
  flaws: readonly Flaw[],
): Markup {
  return field({
    name: 'identifier',
    label: signIn.identifier,
    type: 'text',
    autocomplete: 'username',
    value,
    maxLength: 254,
    hasFocus: value === '' && flaws.length === 0,
    error: errorIn(flaws, 'identifier'),
  });
}

export function currentPassword(
  { visit }: SignInVisit,
  flaws: readonly Flaw[],
  { hasFocus }: { hasFocus: boolean },
): Markup {
  return passwordField({
    name: 'password',
    label: visit.wording.fields.password,
    autocomplete: 'current-password',
    hasFocus,
    error: errorIn(flaws, 'password'),
  });
}

export function magicLinkButton({ words: { signIn } }: SignInVisit): Markup {
  return html`${divider(signIn.or)}
  ${button({ label: signIn.magicLink, name: 'act', value: 'magic-link', look: 'secondary', icon: 'mail' })}`;
}

/** Where else somebody can go from here. */
export function below(
  { words: { signIn, again }, addresses }: SignInVisit,
  destination: Destination,
  ways: OfferedWays,
  isAgain = false,
): Markup {
  const fields = destinationFields(destination);
  const forgotten = html`<a href="${addresses.to('forgotten-password', fields)}">${signIn.forgotten}</a>`;
  const signUp = html`${signIn.noAccount} <a href="${addresses.to('sign-up', fields)}">${signIn.signUp}</a>`;
  const other = html`<a href="${addresses.to('sign-in', { ...fields, other: 'yes' })}"
    >${again.otherAccount}</a
  >`;
  return html`${ways.reset ? html`<p class="below">${forgotten}</p>` : null}
  ${isAgain ? html`<p class="below">${other}</p>` : null}
  ${!isAgain && ways.signUp === 'open' ? html`<p class="below">${signUp}</p>` : null}`;
}

/** Also for password managers, which keep the password under it. */
function fixedIdentifier(
  { words: { signIn }, addresses }: SignInVisit,
  { state }: Flow,
  destination: Destination,
): Markup {
  const fields = { ...destinationFields(destination), other: 'yes' };
  return field({
    name: 'username',
    label: signIn.identifier,
    type: 'text',
    autocomplete: 'username',
    value: state.identifier,
    isFixed: true,
    aside:
      state.reauthenticates === undefined
        ? html`<a href="${addresses.to('sign-in', fields)}">${signIn.change}</a>`
        : null,
  });
}
