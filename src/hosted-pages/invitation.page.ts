import { accountExists, invitationOutdated } from '../invitations/invitations.problems.js';
import { InvitationAcceptance } from '../invitations/invitation-acceptance.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Principals } from '../platform/access/principals.js';
import { field, hidden, passwordField } from '../platform/http/html/form.js';
import { quote } from '../platform/http/html/listings.js';
import { type Flaw, notice } from '../platform/http/html/notices.js';
import { html, type Markup } from '../platform/http/html/markup.js';
import type { PageContent } from '../platform/http/html/page.js';
import { SessionCookies } from '../platform/http/session-cookies.js';
import type { Problem } from '../platform/problems/problem.js';
import { NewUserSignIn } from '../sign-in-flow/new-user-sign-in.service.js';
import { clickContent, doneAndOn } from './click-page.js';
import { requirePassword } from './password-reset.page.js';
import { flawOf } from './problem-wording.js';
import type { Services } from './hosted-page.js';
import { arrivalOf } from './sign-in/going-on.js';
import { signInVisitOf } from './sign-in/sign-in-visit.js';
import { type TokenPage, tokenForm } from './token-page.js';
import type { Visit } from './visit.js';

type Opened = Awaited<ReturnType<InvitationAcceptance['open']>>;

interface Flaws {
  readonly fullName: string | null;
  readonly password: string | null;
}

const none: Flaws = { fullName: null, password: null };

/** Two clicks: one that opens the invitation, and one that accepts it. */
export const invitationPage = (services: Services): TokenPage => ({
  tokenType: 'invitation',
  path: 'invitation',
  ask: (visit) => clickContent(visit, 'users', visit.wording.invitation),
  act: async (visit) => {
    if (visit.typed('step') === 'accept') return accept(services, visit);
    return acceptForm(visit, await open(services, visit), none);
  },
  askAgain: async (visit, problem) => {
    const opened = await open(services, visit);
    if (problem.kind === accountExists || problem.kind === invitationOutdated)
      return refusal(visit, opened, problem);
    const flaws = {
      fullName: flawOf(problem, '/fullName', visit.wording),
      password: flawOf(problem, '/password', visit.wording),
    };
    return flaws.fullName === null && flaws.password === null ? null : acceptForm(visit, opened, flaws);
  },
});

async function open(services: Services, visit: Visit): Promise<Opened> {
  const acceptor = await signedIn(services, visit);
  return services
    .get(InvitationAcceptance)
    .open(visit.visitor, acceptor, visit.organization.slug, visit.token);
}

async function accept(services: Services, visit: Visit): Promise<PageContent> {
  const { visitor, organization, token, typed, wording } = visit;
  const acceptor = await signedIn(services, visit);
  // The form of somebody who is signed in has no such field.
  const choosesPassword = typed('email') !== '';
  const { user } = await services.get(InvitationAcceptance).accept(visitor, acceptor, organization.slug, {
    token,
    fullName: typed('fullName').trim() || null,
    ...(choosesPassword && { password: requirePassword(typed('password')) }),
  });
  const context = signInVisitOf(services, visit);
  const { doneTitle, doneText, doneNewText } = wording.invitation;
  // Nobody else than a new user is let in without having been signed in as the one who was invited. Whoever has just chosen
  // the password need not type it again; whoever has not, has proven nothing.
  const isNew = acceptor?.userId !== user.id;
  const session = isNew ? await services.get(NewUserSignIn).signIn(context.traveller, user.id) : null;
  const goal = { interaction: null, returnTo: 'account' };
  const arrival = session === null ? null : await arrivalOf(context, goal, session);
  return doneAndOn(doneTitle, [doneText(organization.name), ...(isNew ? [doneNewText(user.email!)] : [])], {
    label: context.words.landing.account,
    href: arrival ?? context.addresses.to('account'),
  });
}

async function signedIn(services: Services, { request, organization }: Visit): Promise<Actor | null> {
  const cookie = services.get(SessionCookies).read(request, organization.slug);
  return cookie === null ? null : services.get(Principals).find(cookie, request.origin);
}

/** What no typing mends, so there is nothing to type. */
function refusal({ wording: { invitation } }: Visit, opened: Opened, { kind }: Problem): PageContent {
  const { organization, email } = opened;
  const text =
    kind === accountExists ? invitation.accountExists(email, organization.name) : invitation.outdated;
  return { title: invitation.openTitle(organization.name), content: notice('bad', text) };
}

function acceptForm(visit: Visit, opened: Opened, flaws: Flaws): PageContent {
  const {
    invitation,
    shell: { language },
  } = visit.wording;
  const { organization, email, invitedBy, message, expiresAt, isSignedIn } = opened;
  const end = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return {
    title: invitation.openTitle(organization.name),
    lead: invitation.openText(invitedBy, organization.name),
    flaws: [flawIn('fullName', flaws.fullName), flawIn('password', flaws.password)].flat(),
    content: html`${message === null ? null : quote(invitation.messageFrom(invitedBy), message)}
      <p>${isSignedIn ? invitation.signedInText(email) : invitation.newUserText(email)}</p>
      ${tokenForm(
        visit,
        html`${hidden('step', 'accept')} ${isSignedIn ? null : newUserFields(visit, email, flaws)}`,
        invitation.acceptButton,
      )}
      <p class="below">${invitation.validUntil(end.format(new Date(expiresAt)))}</p>`,
  };
}

const flawIn = (name: string, text: string | null): Flaw[] => (text === null ? [] : [{ name, text }]);

function newUserFields({ typed, wording: { fields, shell } }: Visit, email: string, flaws: Flaws): Markup {
  return html`${field({
    name: 'email',
    label: fields.email,
    type: 'email',
    // So that a password manager keeps the password under it.
    autocomplete: 'username',
    value: email,
    isFixed: true,
  })}
  ${field({
    name: 'fullName',
    label: fields.fullName,
    note: shell.optional,
    type: 'text',
    autocomplete: 'name',
    value: typed('fullName'),
    maxLength: 200,
    isOptional: true,
    error: flaws.fullName,
  })}
  ${passwordField({
    name: 'password',
    label: fields.password,
    autocomplete: 'new-password',
    hint: fields.passwordHint,
    error: flaws.password,
  })}`;
}
