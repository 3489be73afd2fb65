import { linkButton, stackedActions } from '../../platform/http/html/buttons.js';
import { html } from '../../platform/http/html/markup.js';
import { identity } from '../../platform/http/html/people.js';
import { SessionCookies } from '../../platform/http/session-cookies.js';
import { SessionAdministration } from '../../sessions/session-administration.service.js';
import { accountHolderOf } from '../account/account-holder.js';
import { confirmContent } from '../confirm-page.js';
import { type HostedPage, redirectTo, type Services, show } from '../hosted-page.js';
import { currentActor, signInVisitOf } from './sign-in-visit.js';

/** Asks before it signs anybody out: any site can lead here. */
export const signOutPage = (services: Services): HostedPage => ({
  path: 'sign-out',
  get: async (visit) => {
    const { words, addresses } = signInVisitOf(services, visit);
    const holder = await accountHolderOf(services, visit);
    if (holder === null) return redirectTo(addresses.to('signed-out'));
    const { signOut } = words;
    const name = holder.profile.displayName ?? holder.profile.fullName;
    return show(
      confirmContent(visit, {
        title: signOut.title,
        text: signOut.lead(visit.organization.name),
        icon: 'out',
        content: identity({ name, identifier: holder.email ?? holder.username ?? '' }),
        button: signOut.button,
        back: { label: signOut.stay, href: addresses.to('account') },
      }),
    );
  },
  // Pressed twice, or without a session, it ends in the same place.
  post: async (visit) => {
    const context = signInVisitOf(services, visit);
    const actor = await currentActor(context);
    if (actor !== null) await services.get(SessionAdministration).signOut(actor);
    services.get(SessionCookies).clear(visit.reply, visit.organization.slug);
    return redirectTo(context.addresses.to('signed-out'));
  },
});

export const signedOutPage = (services: Services): HostedPage => ({
  path: 'signed-out',
  get: async (visit) => {
    const context = signInVisitOf(services, visit);
    const { signOut } = context.words;
    if ((await currentActor(context)) !== null) return redirectTo(context.addresses.to('sign-out'));
    return show({
      title: signOut.doneTitle,
      emblem: { icon: 'check', tone: 'good' },
      content: html`<p role="status">${signOut.done(visit.organization.name)}</p>
        ${stackedActions(
          linkButton({
            label: signOut.signInAgain,
            href: context.addresses.to('sign-in'),
            look: 'secondary',
          }),
        )}`,
    });
  },
});
