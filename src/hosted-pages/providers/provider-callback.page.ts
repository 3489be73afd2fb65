import { Accounts } from '../../accounts/accounts.service.js';
import { ArrivalRefused } from '../../accounts/arrival-refusals.types.js';
import { facts, table } from '../../platform/http/html/listings.js';
import { html } from '../../platform/http/html/markup.js';
import { isBoundedJson } from '../../platform/json/bounded-json.rules.js';
import { Problem } from '../../platform/problems/problem.js';
import { notFound } from '../../platform/problems/problems.js';
import { ProviderSignIns } from '../../providers/provider-sign-ins.service.js';
import { type ProviderReturn, ProviderSignInFailure } from '../../providers/provider-sign-ins.types.js';
import { ProviderSignIn } from '../../sign-in-flow/provider-sign-in.service.js';
import { FormGuard } from '../../platform/http/html/form-guard.js';
import { type HostedPage, type PageAnswer, redirectTo, type Services, show } from '../hosted-page.js';
import { noticeField, sealNotice } from '../account/account-notices.js';
import { goOn } from '../sign-in/going-on.js';
import { currentActor, signInVisitOf, type SignInVisit } from '../sign-in/sign-in-visit.js';
import type { Visit } from '../visit.js';
import { providerWordingOf } from '../wording/provider-wordings.js';
import { showFailure, showUnknown } from './provider-failure.js';

/** Where people come back to: one address for all providers of an organization, and one for each that says which it is. */
export const providerCallbackPages = (services: Services): HostedPage[] => [
  { path: 'providers/callback', get: (visit) => comeBack(services, visit, null) },
  {
    path: 'providers/:provider/callback',
    get: (visit) => comeBack(services, visit, visit.param('provider')),
  },
];

const mostRawBytes = 30_000;

async function comeBack(services: Services, visit: Visit, provider: string | null): Promise<PageAnswer> {
  const { request, visitor, organization } = visit;
  const browser = services.get(FormGuard).browserOf(request);
  const context = signInVisitOf(services, visit);
  const signIns = services.get(ProviderSignIns);
  let back: ProviderReturn;
  try {
    const { search } = new URL(request.url, 'http://localhost');
    const parameters = new URLSearchParams(search.slice(0, 8_192));
    back = await signIns.finish({ visitor, organization, browser }, parameters, provider);
  } catch (error) {
    if (error instanceof ProviderSignInFailure) return showFailure(context, error);
    if (error instanceof Problem && error.kind === notFound) return showUnknown(context);
    throw error;
  }
  try {
    return await arrive(context, back);
  } catch (error) {
    if (!(error instanceof ArrivalRefused)) throw error;
    return showFailure(context, await signIns.refused(organization.id, back, error), error.reason);
  }
}

function arrive(context: SignInVisit, back: ProviderReturn): Promise<PageAnswer> {
  switch (back.purpose.kind) {
    case 'sign-in':
      return signIn(context, back);
    case 'link':
      return link(context, back);
    case 'test':
      return test(context, back);
  }
}

async function signIn(context: SignInVisit, back: ProviderReturn): Promise<PageAnswer> {
  const { services, traveller, visit } = context;
  const { purpose, identity } = back;
  if (purpose.kind !== 'sign-in') throw new Error('nobody wanted to sign in');
  const result = await services.get(ProviderSignIn).signIn(traveller, identity);
  await services.get(ProviderSignIns).succeeded(visit.organization.id, back, { userId: result.userId });
  if (result.kind === 'signed-in') return goOn(context, purpose, result.signedIn);
  const { verification } = providerWordingOf(visit.wording.shell.language);
  return show({
    title: verification.title,
    emblem: { icon: 'mail' },
    content: html`<p role="status">${verification.text(result.email)}</p>`,
  });
}

async function link(context: SignInVisit, back: ProviderReturn): Promise<PageAnswer> {
  const { services, visit, addresses } = context;
  const { purpose, identity, beganAt } = back;
  if (purpose.kind !== 'link') throw new Error('nobody wanted a link');
  const actor = await currentActor(context);
  // Who has signed out meanwhile, or become somebody else, is not who asked for it.
  if (actor?.credentialId !== purpose.sessionId) throw new ArrivalRefused('session_ended');
  const intent = { ...purpose, beganAt };
  await services.get(Accounts).arrive(visit.visitor, visit.organization.id, identity, intent);
  await services.get(ProviderSignIns).succeeded(visit.organization.id, back, { userId: purpose.userId });
  const said = { [noticeField]: sealNotice(services, visit, 'accountLinked') };
  return redirectTo(addresses.to('account/linked-accounts', said));
}

async function test(context: SignInVisit, back: ProviderReturn): Promise<PageAnswer> {
  const { services, visit } = context;
  const { identity } = back;
  const foreseen = await services.get(Accounts).foresee(visit.organization.id, identity);
  const { raw, ...claims } = identity.claims;
  const { issuer, subject, acr, amr, hasSecondFactor } = identity;
  // Not what is too much to keep, or what no database would.
  const told = isBoundedJson(raw, mostRawBytes) ? raw : null;
  const result = { ...foreseen, issuer, subject, claims, raw: told, acr, amr, hasSecondFactor };
  await services.get(ProviderSignIns).succeeded(visit.organization.id, back, { userId: null, result });
  const { test: say } = providerWordingOf(visit.wording.shell.language);
  const rows = Object.entries({ issuer, subject, ...claims }).map(([name, value]) => ({
    name,
    value: value === null ? '–' : String(value),
  }));
  return show({
    title: say.doneTitle,
    layout: 'roomy',
    emblem: { icon: 'check', tone: 'good' },
    content: html`<p role="status">${say.done}</p>
      ${facts([
        { name: say.outcome, value: foreseen.outcome },
        { name: say.roles, value: foreseen.roles.join(', ') || '–' },
      ])}
      ${table(
        say.claims,
        [
          { label: say.claim, cell: (row: (typeof rows)[number]) => row.name },
          { label: say.value, cell: (row) => row.value },
        ],
        rows,
      )}`,
  });
}
