import { linkButton, stackedActions } from '../../platform/http/html/buttons.js';
import { html } from '../../platform/http/html/markup.js';
import { raise } from '../../platform/problems/problem.js';
import { notFoundProblem } from '../../platform/problems/problems.js';
import { ProviderAttempts } from '../../providers/provider-attempts.service.js';
import { ProviderSignInFailure, type ProviderHints } from '../../providers/provider-sign-ins.types.js';
import { ProviderSignIns } from '../../providers/provider-sign-ins.service.js';
import { SignInFlows } from '../../sign-in-flow/sign-in-flows.service.js';
import { type HostedPage, type PageAnswer, redirectTo, type Services, show } from '../hosted-page.js';
import { over } from '../sign-in/going-on.js';
import {
  currentActor,
  type Destination,
  destinationOf,
  findInteraction,
  readDestination,
  signInVisitOf,
  type SignInVisit,
} from '../sign-in/sign-in-visit.js';
import { providerWordingOf } from '../wording/provider-wordings.js';
import { showFailure } from './provider-failure.js';

/**
 * Sends people to a provider. Whoever is led here by others signs in as themselves or not at all: it is their browser that goes
 * there, and that comes back.
 */
export const providerStartPage = (services: Services): HostedPage => ({
  path: 'providers/:provider/start',
  localeOf: async (visit) =>
    (await findInteraction(signInVisitOf(services, visit), visit.asked('interaction')))?.uiLocales ?? null,
  get: (visit) => {
    const context = signInVisitOf(services, visit);
    return visit.asked('test') === '' ? signIn(context) : test(context);
  },
});

async function signIn(context: SignInVisit): Promise<PageAnswer> {
  const { visit } = context;
  const { destination, identifier, isAgain } = await begunOf(context);
  if (destination === null) return over(context);
  const { interaction, returnTo } = destination;
  const purpose = { kind: 'sign-in', interaction: interaction?.uid ?? null, returnTo } as const;
  const isSignedIn = (await currentActor(context)) !== null;
  const hints: ProviderHints = {
    loginHint: hintOf(visit.asked('login_hint') || identifier || (interaction?.loginHint ?? '')),
    mustProve: isAgain || (isSignedIn && interaction?.prompt === 'login'),
  };
  return leave(context, purpose, hints);
}

/** From a flow on its way, else from the address. */
async function begunOf(
  context: SignInVisit,
): Promise<{ destination: Destination | null; identifier: string; isAgain: boolean }> {
  const { visit, services, traveller } = context;
  const isAgain = visit.asked('prompt') === 'login';
  const id = visit.asked('flow');
  const flow = id === '' ? null : await services.get(SignInFlows).find(traveller, id);
  if (flow === null) return { destination: await readDestination(context), identifier: '', isAgain };
  const { identifier, reauthenticates } = flow.state;
  return {
    destination: await destinationOf(context, flow),
    identifier,
    isAgain: isAgain || reauthenticates !== undefined,
  };
}

/** Whoever follows the address of a test is told first who will see what. */
async function test(context: SignInVisit): Promise<PageAnswer> {
  const { visit, services, addresses } = context;
  const { organization } = visit;
  const provider = visit.param('provider');
  const token = visit.asked('test');
  const found = await services.get(ProviderAttempts).findTest(organization.id, provider, token);
  const { purpose, displayName } = found ?? raise(notFoundProblem());
  if (visit.asked('go') === 'yes') return leave(context, purpose, { loginHint: null, mustProve: false });
  const { test: say } = providerWordingOf(visit.wording.shell.language);
  return show({
    title: say.title,
    emblem: { icon: 'shield' },
    content: html`<p>${say.lead(displayName, organization.name)}</p>
      ${stackedActions(
        linkButton({
          label: say.button(displayName),
          href: addresses.to(`providers/${provider}/start`, { test: token, go: 'yes' }),
        }),
      )}`,
  });
}

async function leave(
  context: SignInVisit,
  purpose: Parameters<ProviderSignIns['begin']>[2],
  hints: ProviderHints,
): Promise<PageAnswer> {
  const { services, traveller, visit } = context;
  try {
    const address = await services
      .get(ProviderSignIns)
      .begin(traveller, visit.param('provider'), purpose, hints);
    return redirectTo(address);
  } catch (error) {
    if (error instanceof ProviderSignInFailure) return showFailure(context, error);
    throw error;
  }
}

/** On one line, and no longer than an address. */
function hintOf(text: string): string | null {
  const hint = text.trim();
  return hint === '' || hint.length > 254 || /\p{C}/u.test(hint) ? null : hint;
}
