import type { ArrivalRefusal } from '../../accounts/arrival-refusals.types.js';
import { linkButton, stackedActions } from '../../platform/http/html/buttons.js';
import { html } from '../../platform/http/html/markup.js';
import type { ProviderSignInFailure } from '../../providers/provider-sign-ins.types.js';
import type { UpstreamFailureCode } from '../../providers/upstream-failures.types.js';
import type { IconName } from '../../platform/http/html/icons.js';
import { type PageAnswer, show } from '../hosted-page.js';
import type { SignInVisit } from '../sign-in/sign-in-visit.js';
import { providerWordingOf } from '../wording/provider-wordings.js';

interface Told {
  readonly title: string;
  readonly text: string;
  readonly status: number;
  readonly icon: IconName;
}

/** What went wrong, in plain words, and a reference under which administrators read the rest. */
export function showFailure(
  context: SignInVisit,
  failed: ProviderSignInFailure,
  refusal?: ArrivalRefusal,
): PageAnswer {
  const { visit, addresses } = context;
  const words = providerWordingOf(visit.wording.shell.language);
  const { title, text, status, icon } = tell(context, failed, refusal);
  const { purpose } = failed;
  const back =
    purpose?.kind === 'link'
      ? { label: words.toAccount, href: addresses.to('account/linked-accounts') }
      : { label: words.back, href: addresses.to('sign-in', fieldsOf(purpose)) };
  if (failed.failure.isOutage) void visit.reply.header('retry-after', '30');
  return show(
    {
      title,
      isFailure: true,
      emblem: { icon, tone: 'bad' },
      content: html`<p role="alert">${text}</p>
        <p class="muted">${words.reference}<br /><strong>${failed.reference}</strong></p>
        ${stackedActions(linkButton({ ...back, look: 'secondary' }))}`,
    },
    status,
  );
}

/** Nobody left with that: it was made up, or it was so long ago that nothing is known of it. */
export function showUnknown({ visit, addresses }: SignInVisit): PageAnswer {
  const words = providerWordingOf(visit.wording.shell.language);
  return show(
    {
      title: words.overTitle,
      isFailure: true,
      emblem: { icon: 'clock', tone: 'bad' },
      content: html`<p role="alert">${words.expired}</p>
        ${stackedActions(linkButton({ label: words.back, href: addresses.to('sign-in'), look: 'secondary' }))}`,
    },
    410,
  );
}

function tell(
  { visit }: SignInVisit,
  { failure, provider }: ProviderSignInFailure,
  refusal?: ArrivalRefusal,
): Told {
  const words = providerWordingOf(visit.wording.shell.language);
  const name = provider.displayName;
  const { code } = failure;
  if (failure.isOutage)
    return { title: words.outageTitle(name), text: words.outage(name), status: 503, icon: 'clock' };
  const again = (text: string): Told => ({ title: words.overTitle, text, status: 410, icon: 'clock' });
  const told: Partial<Record<UpstreamFailureCode, Told>> = {
    upstream_denied: { title: words.deniedTitle, text: words.denied(name), status: 403, icon: 'shield' },
    state_expired: again(words.expired),
    state_used: again(words.used),
    browser_wrong: again(words.browser),
    provider_changed: again(words.changed),
    tenant_refused: refused(words.refused.organization(name)),
    hosted_domain_refused: refused(words.refused.organization(name)),
  };
  if (refusal !== undefined) return refused(refusalText(visit.organization.name, name, refusal));
  return (
    told[code] ?? { title: words.failedTitle(name), text: words.wrong(name), status: 502, icon: 'warning' }
  );

  function refused(text: string): Told {
    return { title: words.failedTitle(name), text, status: 403, icon: 'shield' };
  }

  function refusalText(organization: string, providerName: string, reason: ArrivalRefusal): string {
    const say = words.refused;
    const texts: Partial<Record<ArrivalRefusal, string>> = {
      provider_disabled: words.changed,
      account_not_linked: say.notLinked(providerName),
      account_unavailable: say.unavailable,
      account_linked_elsewhere: say.linkedElsewhere,
      registration_closed: say.closed(organization),
      email_domain_not_allowed: say.domain,
      address_not_admitted: say.domain,
      reauthentication_required: say.reauthentication,
      session_ended: say.signedOut,
    };
    return texts[reason] ?? say.other(providerName);
  }
}

function fieldsOf(purpose: ProviderSignInFailure['purpose']): Record<string, string> {
  if (purpose?.kind !== 'sign-in') return {};
  return purpose.interaction === null
    ? { return_to: purpose.returnTo }
    : { interaction: purpose.interaction };
}
