import { button } from '../../platform/http/html/buttons.js';
import { field, hidden } from '../../platform/http/html/form.js';
import { html } from '../../platform/http/html/markup.js';
import type { Flaw } from '../../platform/http/html/notices.js';
import { Problem, raise } from '../../platform/problems/problem.js';
import { SignInBeginnings } from '../../sign-in-flow/sign-in-beginnings.service.js';
import { accountHolderOf } from '../account/account-holder.js';
import { type PageAnswer, redirectTo, show } from '../hosted-page.js';
import { requirePassword } from '../password-reset.page.js';
import { beginningForm } from './beginning-form.js';
import { below, currentPassword, judgeCredentials, magicLinkButton } from './password-step.js';
import { SignInOptions } from './sign-in-options.service.js';
import { advance } from './sign-in-steps.js';
import {
  currentActor,
  type Destination,
  destinationFields,
  leadsTo,
  type SignInVisit,
} from './sign-in-visit.js';

/** Somebody who is signed in shows once more that it is they; as somebody else they can go on too, but not by mistake. */
export async function showAgain(
  context: SignInVisit,
  destination: Destination,
  flaws: readonly Flaw[] = [],
  status = 200,
): Promise<PageAnswer> {
  const { services, visit, words } = context;
  const holder = await accountHolderOf(services, visit);
  if (holder === null)
    return redirectTo(context.addresses.to('sign-in', { ...destinationFields(destination), other: 'yes' }));
  const ways = await services.get(SignInOptions).read(visit.organization);
  const content = beginningForm(context, destination, {
    content: html`${hidden('again', 'yes')}
    ${field({
      name: 'username',
      label: words.signIn.identifier,
      type: 'text',
      // So that a password manager knows which password is meant.
      autocomplete: 'username',
      value: holder.email ?? holder.username ?? '',
      isFixed: true,
    })}
    ${currentPassword(context, flaws, { hasFocus: flaws.length === 0 })}`,
    // Whoever has no password shows it by mail, where that is a way in.
    button: html`${button({ label: words.again.button, name: 'act', value: 'go' })}
    ${ways.magicLink ? magicLinkButton(context) : null}`,
  });
  return show(
    {
      title: words.again.title,
      lead: words.again.lead,
      flaws,
      leadsTo: leadsTo(destination),
      content: html`${content} ${below(context, destination, ways, true)}`,
    },
    status,
  );
}

/** Whose account it is says the session, never the form. */
export async function signInAgain(context: SignInVisit, destination: Destination): Promise<PageAnswer> {
  const { services, visit, traveller, addresses } = context;
  const { interaction, returnTo } = destination;
  const actor = await currentActor(context);
  if (actor === null) return redirectTo(addresses.to('sign-in', destinationFields(destination)));
  try {
    const act = visit.typed('act') || 'go';
    if (act === 'go') requirePassword(visit.typed('password'));
    const beginning = { id: visit.typed('begin'), interaction: interaction?.uid ?? null, returnTo };
    const flow = await services.get(SignInBeginnings).again(traveller, beginning, actor);
    if (flow === null) return redirectTo(addresses.to('sign-in', { flow: beginning.id }));
    return await advance(context, flow, act);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const flaws = judgeCredentials(context, error) ?? raise(error);
    return showAgain(context, destination, flaws, error.kind.status);
  }
}
