import { html } from '../../platform/http/html/markup.js';
import { SessionCookies } from '../../platform/http/session-cookies.js';
import { OidcInteractions } from '../../oidc/oidc-interactions.service.js';
import type { BrowserSession } from '../../sign-in-flow/sign-in-flow.types.js';
import { type PageAnswer, redirectTo, show } from '../hosted-page.js';
import { pathOfPlace } from './return-places.js';
import type { SignInVisit } from './sign-in-visit.js';

/** Somebody has signed in: their browser gets the session, and goes to where they wanted to go. */
export async function goOn(
  context: SignInVisit,
  { interaction, returnTo }: { readonly interaction: string | null; readonly returnTo: string },
  signedIn: BrowserSession,
): Promise<PageAnswer> {
  const { services, visit, traveller } = context;
  services.get(SessionCookies).writeSignIn(visit.reply, signedIn);
  if (interaction === null) return redirectTo(context.addresses.to(pathOfPlace(returnTo)));
  const { organization, browser } = traveller;
  const { id, authenticatedAt, methods } = signedIn.session;
  const session = { id, userId: signedIn.userId, authTime: new Date(authenticatedAt), methods };
  const address = await services
    .get(OidcInteractions)
    .finishSignIn(organization, { uid: interaction, browser }, session);
  return address === null ? over(context) : redirectTo(address);
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
