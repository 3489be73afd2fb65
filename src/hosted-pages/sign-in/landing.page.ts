import { linkButton, stackedActions } from '../../platform/http/html/buttons.js';
import { html } from '../../platform/http/html/markup.js';
import { identity } from '../../platform/http/html/people.js';
import { accountHolderOf } from '../account/account-holder.js';
import { type HostedPage, type Services, show } from '../hosted-page.js';
import { SignInOptions } from './sign-in-options.service.js';
import { signInVisitOf } from './sign-in-visit.js';

/** What an organization shows at its own address. */
export const landingPage = (services: Services): HostedPage => ({
  path: '',
  get: async (visit) => {
    const { words, addresses } = signInVisitOf(services, visit);
    const { landing, signIn, signUp, signOut } = words;
    const holder = await accountHolderOf(services, visit);
    const title = visit.organization.name;
    if (holder !== null) {
      const name = holder.profile.displayName ?? holder.profile.fullName;
      return show({
        title,
        lead: landing.leadSignedIn,
        content: html`${identity({ name, identifier: holder.email ?? holder.username ?? '' })}
        ${stackedActions(
          linkButton({ label: landing.account, href: addresses.to('account') }),
          linkButton({ label: signOut.button, href: addresses.to('sign-out'), look: 'secondary' }),
        )}`,
      });
    }
    const ways = await services.get(SignInOptions).read(visit.organization);
    return show({
      title,
      lead: landing.lead,
      content: stackedActions(
        linkButton({ label: signIn.button, href: addresses.to('sign-in') }),
        ways.signUp === 'open' &&
          linkButton({ label: signUp.title, href: addresses.to('sign-up'), look: 'secondary' }),
      ),
    });
  },
});
