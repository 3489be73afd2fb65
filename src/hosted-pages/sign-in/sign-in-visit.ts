import type { Actor } from '../../platform/access/actor.js';
import { FormGuard } from '../../platform/http/html/form-guard.js';
import { SessionCookies } from '../../platform/http/session-cookies.js';
import { type Interaction, OidcInteractions } from '../../oidc/oidc-interactions.service.js';
import { BrowserSessions } from '../../sign-in-flow/browser-sessions.service.js';
import type { Flow, Traveller } from '../../sign-in-flow/sign-in-flow.types.js';
import { AccountAddresses } from '../account/account-addresses.js';
import type { Services } from '../hosted-page.js';
import type { Visit } from '../visit.js';
import type { SignInWording } from '../wording/sign-in-wording.js';
import { signInWordingOf } from '../wording/sign-in-wordings.js';
import { readReturnPlace } from './return-places.js';

/** Where somebody goes once they are signed in: back to the application that sent them, or to a page of ours. */
export interface Destination {
  readonly interaction: Interaction | null;
  readonly returnTo: string;
}

/** Somebody on one of the pages of signing in. */
export interface SignInVisit {
  readonly services: Services;
  readonly visit: Visit;
  readonly words: SignInWording;
  readonly addresses: AccountAddresses;
  readonly traveller: Traveller;
}

export function signInVisitOf(services: Services, visit: Visit): SignInVisit {
  return {
    services,
    visit,
    words: signInWordingOf(visit.wording.shell.language),
    addresses: new AccountAddresses(services, visit, null),
    traveller: travellerOf(services, visit),
  };
}

function travellerOf(services: Services, visit: Visit): Traveller {
  const { request, visitor, organization } = visit;
  const guard = services.get(FormGuard);
  const cookies = services.get(SessionCookies);
  // A browser without a name gets one with its first form.
  if (guard.browserOf(request) === null) visit.seal();
  return {
    visitor,
    organization,
    browser: guard.browserOf(request)!,
    sessionToken: cookies.read(request, organization.slug),
    deviceTokens: cookies.readDevices(request),
  };
}

export function currentActor({ services, traveller }: SignInVisit): Promise<Actor | null> {
  return services.get(BrowserSessions).current(traveller);
}

export function findInteraction(
  { services, traveller }: SignInVisit,
  uid: string,
): Promise<Interaction | null> {
  const { organization, browser } = traveller;
  return uid === ''
    ? Promise.resolve(null)
    : services.get(OidcInteractions).find(organization, { uid, browser });
}

/** From the form, else from the address. Null where it names a request of an application that is over. */
export async function readDestination(context: SignInVisit): Promise<Destination | null> {
  const { visit } = context;
  const read = (name: string): string => visit.typed(name) || visit.asked(name);
  const uid = read('interaction');
  const interaction = await findInteraction(context, uid);
  if (uid !== '' && interaction === null) return null;
  return { interaction, returnTo: readReturnPlace(read('return_to')) };
}

/** Null where the request of the application is over by now. */
export async function destinationOf(context: SignInVisit, flow: Flow): Promise<Destination | null> {
  const interaction = await findInteraction(context, flow.interaction ?? '');
  if (flow.interaction !== null && interaction === null) return null;
  return { interaction, returnTo: readReturnPlace(flow.returnTo) };
}

/** For links and forms: what leads to the same destination again. */
export function destinationFields({ interaction, returnTo }: Destination): Record<string, string> {
  return interaction === null ? { return_to: returnTo } : { interaction: interaction.uid };
}

/** Where a form of these pages may send somebody in the end. */
export function leadsTo({ interaction }: Destination): string[] {
  const redirectUri = interaction?.redirectUri ?? null;
  return redirectUri === null ? [] : [redirectUri];
}
