import { html } from '../../platform/http/html/markup.js';
import { SessionCookies } from '../../platform/http/session-cookies.js';
import { OidcInteractions } from '../../oidc/oidc-interactions.service.js';
import type { BrowserSession } from '../../sign-in-flow/sign-in-flow.types.js';
import { type PageAnswer, redirectTo, show } from '../hosted-page.js';
import { pathOfPlace } from './return-places.js';
import type { SignInVisit } from './sign-in-visit.js';

interface Goal {
  readonly interaction: string | null;
  readonly returnTo: string;
}

/** Somebody has signed in: their browser gets the session, and goes to where they wanted to go. */
export async function goOn(context: SignInVisit, goal: Goal, signedIn: BrowserSession): Promise<PageAnswer> {
  const address = await arrivalOf(context, goal, signedIn);
  return address === null ? over(context) : redirectTo(address);
}

/**
 * The same for a page that leads on by a link: one that others have led to names no place in its policy that its form could
 * be redirected to. Null where the request of the application is over.
 */
export async function arrivalOf(
  { services, visit, traveller, addresses }: SignInVisit,
  { interaction, returnTo }: Goal,
  signedIn: BrowserSession,
): Promise<string | null> {
  services.get(SessionCookies).writeSignIn(visit.reply, signedIn);
  if (interaction === null) return addresses.to(pathOfPlace(returnTo));
  const { organization, browser } = traveller;
  const { id, authenticatedAt, methods } = signedIn.session;
  const session = { id, userId: signedIn.userId, authTime: new Date(authenticatedAt), methods };
  return services.get(OidcInteractions).finishSignIn(organization, { uid: interaction, browser }, session);
}

/** What an application had asked for is over, or was begun in another browser. */
export function over({ words: { protocol } }: SignInVisit): PageAnswer {
  return show(
    {
      title: protocol.overTitle,
      isFailure: true,
      emblem: { icon: 'clock', tone: 'bad' },
      content: html`<p role="alert">${protocol.over}</p>`,
    },
    410,
  );
}
