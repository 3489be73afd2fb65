import { button } from '../../platform/http/html/buttons.js';
import { html } from '../../platform/http/html/markup.js';
import type { Flaw } from '../../platform/http/html/notices.js';
import { Problem, raise } from '../../platform/problems/problem.js';
import { tooManyRequests } from '../../platform/problems/problems.js';
import { SignInBeginnings } from '../../sign-in-flow/sign-in-beginnings.service.js';
import { type HostedPage, type PageAnswer, redirectTo, type Services, show } from '../hosted-page.js';
import { beginningForm } from './beginning-form.js';
import { over } from './going-on.js';
import { identifierField, requireIdentifier } from './password-step.js';
import { SignInOptions } from './sign-in-options.service.js';
import {
  type Destination,
  destinationFields,
  leadsTo,
  readDestination,
  signInVisitOf,
  type SignInVisit,
} from './sign-in-visit.js';

/** Where people ask for the mail with which they choose another password. Everybody reads the same afterwards. */
export const forgottenPasswordPage = (services: Services): HostedPage => ({
  path: 'forgotten-password',
  get: async (visit) => {
    const context = signInVisitOf(services, visit);
    const destination = await readDestination(context);
    return destination === null ? over(context) : ask(context, destination);
  },
  post: (visit) => start(signInVisitOf(services, visit)),
});

async function start(context: SignInVisit): Promise<PageAnswer> {
  const { visit, services, traveller, addresses, words } = context;
  const destination = await readDestination(context);
  if (destination === null) return over(context);
  const { interaction, returnTo } = destination;
  const beginning = { id: visit.typed('begin'), interaction: interaction?.uid ?? null, returnTo };
  try {
    const identifier = requireIdentifier(visit.typed('identifier'));
    const flow = await services.get(SignInBeginnings).byResetting(traveller, beginning, identifier);
    return redirectTo(addresses.to('sign-in', { flow: flow?.id ?? beginning.id }));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const isFull = error.kind === tooManyRequests;
    const isMissing = error.errors?.some(({ pointer }) => pointer === '/identifier') ?? false;
    if (!isFull && !isMissing) return raise(error);
    const text = isFull ? words.flaws.tooMany : visit.wording.flaws.missing;
    return ask(context, destination, [{ name: 'identifier', text }], error.kind.status);
  }
}

async function ask(
  context: SignInVisit,
  destination: Destination,
  flaws: readonly Flaw[] = [],
  status = 200,
): Promise<PageAnswer> {
  const { visit, services, words, addresses } = context;
  const { reset, mail } = words;
  const ways = await services.get(SignInOptions).read(visit.organization);
  const back = html`<p class="below">
    <a href="${addresses.to('sign-in', { ...destinationFields(destination), other: 'yes' })}">${mail.back}</a>
  </p>`;
  if (!ways.reset) {
    return show({
      title: reset.askTitle,
      content: html`<p>${reset.administratorsOnly(visit.organization.name)}</p>
        ${back}`,
    });
  }
  const value = visit.typed('identifier') || (destination.interaction?.loginHint ?? '');
  return show(
    {
      title: reset.askTitle,
      lead: reset.askLead,
      flaws,
      leadsTo: leadsTo(destination),
      content: html`${beginningForm(context, destination, {
        page: 'forgotten-password',
        content: identifierField(context, value, flaws),
        button: button({ label: reset.askButton }),
      })}
      ${back}`,
    },
    status,
  );
}
