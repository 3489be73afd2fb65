import { linkButton, stackedActions } from '../../platform/http/html/buttons.js';
import { html } from '../../platform/http/html/markup.js';
import { Database } from '../../platform/database/database.js';
import { ProviderSignIns } from '../../providers/provider-sign-ins.service.js';
import { ProviderSignInFailure } from '../../providers/provider-sign-ins.types.js';
import { Providers } from '../../providers/providers.service.js';
import { type HostedPage, redirectTo, type Services, show } from '../hosted-page.js';
import { currentActor, signInVisitOf } from '../sign-in/sign-in-visit.js';
import { providerWordingOf } from '../wording/provider-wordings.js';
import { showFailure } from './provider-failure.js';

/**
 * Where the page of the account sends whoever wants to link an account elsewhere. Only its own form does so: a link would let
 * another site link an account of its own with whoever follows it.
 */
export const providerLinkPage = (services: Services): HostedPage => ({
  path: 'providers/:provider/link',
  get: (visit) => redirectTo(signInVisitOf(services, visit).addresses.to('account/linked-accounts')),
  post: async (visit) => {
    const context = signInVisitOf(services, visit);
    const { addresses, traveller } = context;
    const actor = await currentActor(context);
    if (actor === null) return redirectTo(addresses.signIn('account/linked-accounts'));
    const name = visit.param('provider');
    const purpose = { kind: 'link', sessionId: actor.credentialId, userId: actor.userId } as const;
    const hints = { loginHint: null, mustProve: false };
    try {
      const address = await services.get(ProviderSignIns).begin(traveller, name, purpose, hints);
      const provider = await services
        .get(Database)
        .forOrganization(visit.organization.id, (tx) => services.get(Providers).find(tx, name));
      const { onward } = providerWordingOf(visit.wording.shell.language);
      const displayName = provider?.displayName ?? name;
      // By a link: a browser lets no form lead to another site.
      return show({
        title: onward.title(displayName),
        emblem: { icon: 'link' },
        content: html`<p>${onward.text(displayName)}</p>
          ${stackedActions(linkButton({ label: onward.button(displayName), href: address }))}`,
      });
    } catch (error) {
      if (error instanceof ProviderSignInFailure) return showFailure(context, error);
      throw error;
    }
  },
});
