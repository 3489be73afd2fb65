import { button, linkButton, stackedActions } from '../../platform/http/html/buttons.js';
import { html } from '../../platform/http/html/markup.js';
import { identity } from '../../platform/http/html/people.js';
import { OidcInteractions } from '../../oidc/oidc-interactions.service.js';
import { accountHolderOf } from '../account/account-holder.js';
import { type PageAnswer, redirectTo, show } from '../hosted-page.js';
import { beginningForm } from './beginning-form.js';
import { over } from './going-on.js';
import {
  currentActor,
  type Destination,
  destinationFields,
  leadsTo,
  type SignInVisit,
} from './sign-in-visit.js';
import { sessionFactsOf } from './session-facts.js';

/** An application wants to know as whom: the one who is signed in, or another one. */
export async function chooseAccount(context: SignInVisit, destination: Destination): Promise<PageAnswer> {
  const { services, visit, words, addresses } = context;
  const { choice } = words;
  const holder = await accountHolderOf(services, visit);
  if (holder === null) return over(context);
  const name = holder.profile.displayName ?? holder.profile.fullName;
  const other = addresses.to('sign-in', { ...destinationFields(destination), other: 'yes' });
  return show({
    title: choice.title,
    lead: choice.lead(destination.interaction?.application.name ?? visit.organization.name),
    leadsTo: leadsTo(destination),
    content: html`${identity({ name, identifier: holder.email ?? holder.username ?? '' })}
    ${beginningForm(context, destination, {
      content: null,
      button: stackedActions(
        button({ label: choice.goOn, name: 'act', value: 'as-chosen' }),
        linkButton({ label: choice.other, href: other, look: 'secondary' }),
      ),
    })}`,
  });
}

/** Nothing was proven anew, so that this answers the question as whom, and no other one. */
export async function goOnAsChosen(context: SignInVisit, { interaction }: Destination): Promise<PageAnswer> {
  const actor = await currentActor(context);
  const session = actor && (await sessionFactsOf(context, actor));
  if (interaction === null || session === null) return over(context);
  const { organization, browser } = context.traveller;
  const address = await context.services
    .get(OidcInteractions)
    .finishSelection(organization, { uid: interaction.uid, browser }, session);
  return address === null ? over(context) : redirectTo(address);
}
