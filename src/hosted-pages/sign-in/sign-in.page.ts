import { EmailDomains } from '../../email-domains/email-domains.service.js';
import { Database } from '../../platform/database/database.js';
import { button, linkButton, stackedActions } from '../../platform/http/html/buttons.js';
import { hidden } from '../../platform/http/html/form.js';
import { html } from '../../platform/http/html/markup.js';
import type { Flaw } from '../../platform/http/html/notices.js';
import type { PageContent } from '../../platform/http/html/page.js';
import { Problem, raise } from '../../platform/problems/problem.js';
import { type ProviderRow, Providers } from '../../providers/providers.service.js';
import { SignInBeginnings } from '../../sign-in-flow/sign-in-beginnings.service.js';
import { type HostedPage, type PageAnswer, redirectTo, type Services, show } from '../hosted-page.js';
import { requirePassword } from '../password-reset.page.js';
import { providerButtons } from '../providers/provider-buttons.js';
import { providerWordingOf } from '../wording/provider-wordings.js';
import { chooseAccount, goOnAsChosen } from './account-choice.js';
import { beginningForm } from './beginning-form.js';
import { over } from './going-on.js';
import {
  below,
  currentPassword,
  identifierField,
  judgeCredentials,
  leadOf,
  magicLinkButton,
  requireIdentifier,
} from './password-step.js';
import { pathOfPlace } from './return-places.js';
import { showAgain, signInAgain } from './sign-in-again.js';
import { type OfferedWays, SignInOptions } from './sign-in-options.service.js';
import { advance, continueFlow, showFlow } from './sign-in-steps.js';
import {
  currentActor,
  type Destination,
  destinationFields,
  findInteraction,
  leadsTo,
  readDestination,
  signInVisitOf,
  type SignInVisit,
} from './sign-in-visit.js';

/**
 * Where everybody comes who is to sign in: by themselves, sent by an application, or to show once more who they are. Looking
 * at it leaves nothing behind; the first form begins a flow, and from then on its address names that.
 */
export const signInPage = (services: Services): HostedPage => ({
  path: 'sign-in',
  localeOf: async (visit) =>
    (await findInteraction(signInVisitOf(services, visit), visit.asked('interaction')))?.uiLocales ?? null,
  get: (visit) => {
    const context = signInVisitOf(services, visit);
    const flow = visit.asked('flow');
    return flow === '' ? arrive(context) : showFlow(context, flow);
  },
  post: (visit) => {
    const context = signInVisitOf(services, visit);
    return visit.typed('flow') === '' ? begin(context) : continueFlow(context);
  },
});

/** `?with=password`: past the provider of a domain. */
const withField = 'with';
const withPassword = 'password';

const wantsPassword = ({ visit }: SignInVisit): boolean =>
  (visit.typed(withField) || visit.asked(withField)) === withPassword;

async function arrive(context: SignInVisit): Promise<PageAnswer> {
  const { visit, services, addresses } = context;
  const destination = await readDestination(context);
  if (destination === null) return over(context);
  const { interaction, returnTo } = destination;
  if (interaction?.prompt === 'consent')
    return redirectTo(addresses.to('consent', { interaction: interaction.uid }));
  const wantsOther = visit.asked('other') === 'yes';
  const ways = await services.get(SignInOptions).read(visit.organization);
  if (interaction?.prompt === 'create' && ways.signUp === 'open' && !wantsOther)
    return redirectTo(addresses.to('sign-up', destinationFields(destination)));
  const actor = wantsOther ? null : await currentActor(context);
  if (actor !== null && interaction?.prompt === 'select_account') return chooseAccount(context, destination);
  if (actor !== null) {
    const mustShow = interaction !== null || visit.asked('prompt') === 'login';
    return mustShow ? showAgain(context, destination) : redirectTo(addresses.to(pathOfPlace(returnTo)));
  }
  return show(identifierPage(context, destination, ways, []));
}

async function begin(context: SignInVisit): Promise<PageAnswer> {
  const { visit, services, traveller, addresses } = context;
  const destination = await readDestination(context);
  if (destination === null) return over(context);
  if (visit.typed('act') === 'as-chosen') return goOnAsChosen(context, destination);
  if (visit.typed('again') === 'yes') return signInAgain(context, destination);
  const ways = await services.get(SignInOptions).read(visit.organization);
  const { identifierFirst } = ways;
  const act = visit.typed('act') || 'go';
  const isOnePage = !identifierFirst && act === 'go';
  try {
    const identifier = requireIdentifier(visit.typed('identifier'));
    if (isOnePage && (await providerOf(context, identifier)) === null)
      requirePassword(visit.typed('password'));
    const id = visit.typed('begin');
    const beginning = {
      id,
      interaction: destination.interaction?.uid ?? null,
      returnTo: destination.returnTo,
    };
    const flow = await services.get(SignInBeginnings).withIdentifier(traveller, beginning, identifier);
    const elsewhere = flow === null || act !== 'go' ? null : await providerOf(context, identifier);
    if (elsewhere !== null) return goElsewhere(context, elsewhere, id);
    if (flow === null || (identifierFirst && act === 'go'))
      return redirectTo(addresses.to('sign-in', { flow: id }));
    return await advance(context, flow, act);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const flaws = judgeCredentials(context, error) ?? raise(error);
    return show(identifierPage(context, destination, ways, flaws), error.kind.status);
  }
}

/**
 * Where people sign in whose address is of a domain that the organization has named a provider for: all of them, known or not,
 * whatever they typed beside it. Whoever must get in while the provider is down asks for the password in the address.
 */
function providerOf({ services, visit }: SignInVisit, identifier: string): Promise<ProviderRow | null> {
  if (visit.typed(withField) === withPassword) return Promise.resolve(null);
  return services.get(Database).forOrganization(visit.organization.id, async (tx) => {
    const route = await services.get(EmailDomains).routeOf(tx, identifier);
    return route && services.get(Providers).find(tx, route.id);
  });
}

/** By a page that leads on: browsers let no form lead to another site. */
function goElsewhere(
  { visit, addresses }: SignInVisit,
  { name, displayName }: ProviderRow,
  flow: string,
): PageAnswer {
  const { onward } = providerWordingOf(visit.wording.shell.language);
  const href = addresses.to(`providers/${name}/start`, { flow });
  return show({
    title: onward.title(displayName),
    forwardsTo: href,
    content: html`<p>${onward.text(displayName)}</p>
      ${stackedActions(linkButton({ label: onward.button(displayName), href }))}`,
  });
}

function identifierPage(
  context: SignInVisit,
  destination: Destination,
  ways: OfferedWays,
  flaws: readonly Flaw[],
): PageContent {
  const { visit, words } = context;
  const value = visit.typed('identifier') || (destination.interaction?.loginHint ?? '');
  const isOnePage = !ways.identifierFirst;
  return {
    title: words.signIn.title,
    lead: leadOf(context, destination),
    flaws,
    leadsTo: leadsTo(destination),
    content: html`${beginningForm(context, destination, {
      content: html`${wantsPassword(context) ? hidden(withField, withPassword) : null}
      ${identifierField(context, value, flaws)}
      ${isOnePage ? currentPassword(context, flaws, { hasFocus: value !== '' && flaws.length === 0 }) : null}`,
      button: html`${button({
        label: isOnePage ? words.signIn.button : words.signIn.next,
        name: 'act',
        value: 'go',
      })}
      ${ways.magicLink && isOnePage ? magicLinkButton(context) : null}`,
    })}
    ${providerButtons(context, destination, ways.providers)} ${below(context, destination, ways)}`,
  };
}
