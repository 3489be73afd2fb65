import { SessionAdministration } from '../../sessions/session-administration.service.js';
import { SessionCookies } from '../../platform/http/session-cookies.js';
import { type HostedPage, redirectTo, type Services } from '../hosted-page.js';
import type { Visit } from '../visit.js';
import { AccountAddresses } from './account-addresses.js';
import { signedInActor } from './account-holder.js';

/** The button on every page of the account. Pressed twice, or without a session, it ends in the same place. */
export const signOutPage = (services: Services): HostedPage => ({
  path: 'account/sign-out',
  // Looking at an address signs nobody out.
  get: (visit) => redirectTo(new AccountAddresses(services, visit, null).to('account')),
  post: async (visit: Visit) => {
    const actor = await signedInActor(services, visit);
    if (actor !== null) await services.get(SessionAdministration).signOut(actor);
    services.get(SessionCookies).clear(visit.reply, visit.organization.slug);
    return redirectTo(new AccountAddresses(services, visit, null).signIn('account'));
  },
});
