import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { actions, button, linkButton, stackedActions } from '../platform/http/html/buttons.js';
import { codeField, hidden, postForm } from '../platform/http/html/form.js';
import { bigCode, facts } from '../platform/http/html/listings.js';
import { html, type Markup, type Part } from '../platform/http/html/markup.js';
import { notice } from '../platform/http/html/notices.js';
import type { PageContent } from '../platform/http/html/page.js';
import { PublicAddresses } from '../platform/http/public-addresses.js';
import type { OidcPage, OidcPages, OidcPageVisit, PageForm } from '../oidc/oidc-pages.types.js';
import { sendNotFound, showOutside } from './page-routes.js';
import { wordingOf } from './visit.js';
import type { SignInWording } from './wording/sign-in-wording.js';
import { signInWordingOf } from './wording/sign-in-wordings.js';

/** What the protocol has to say to people, in the frame of all other pages. Its forms bear secrets of its own. */
export function hostedOidcPages(app: NestFastifyApplication): OidcPages {
  return {
    sendNotFound: (request, reply) => sendNotFound(app, request, reply),
    send: (page, visit) => {
      const { request, reply, organization, status, uiLocales } = visit;
      const wording = wordingOf(request, uiLocales);
      const words = signInWordingOf(wording.shell.language);
      const issuer = new URL(app.get(PublicAddresses).issuer(organization.slug)).pathname;
      return showOutside(app, request, reply, organization, {
        wording,
        status,
        content: contentOf(page, visit, words, issuer),
        // By signing out, an id token comes along.
        shownAddress: page.kind === 'sign-out' ? `${issuer}/session/end` : null,
      });
    },
  };
}

function contentOf(
  page: OidcPage,
  { organization }: OidcPageVisit,
  words: SignInWording,
  issuer: string,
): PageContent {
  switch (page.kind) {
    case 'error':
      return protocolError(page, words);
    case 'sign-out':
      return signOut(page, organization.name, words);
    case 'continue':
      return continuation(page, words);
    case 'signed-out':
      return {
        title: words.signOut.doneTitle,
        emblem: { icon: 'check', tone: 'good' },
        content: html`<p role="status">${words.signOut.done(organization.name)}</p>
          ${stackedActions(
            linkButton({ label: words.signOut.signInAgain, href: `${issuer}/sign-in`, look: 'secondary' }),
          )}`,
      };
    case 'device-code':
      return deviceCode(page, words);
    case 'device-confirmation':
      return deviceConfirmation(page, words);
    case 'device-done':
      return {
        title: words.device.doneTitle,
        emblem: { icon: 'check', tone: 'good' },
        content: html`<p role="status">${words.device.done(page.application.name)}</p>`,
      };
  }
}

/** Posts its form to another site too, which may send people on from there: so it names no target. */
function continuation(
  { action, fields }: Extract<OidcPage, { kind: 'continue' }>,
  { protocol }: SignInWording,
): PageContent {
  return {
    title: protocol.continueTitle,
    goesOn: true,
    content: postForm({
      action,
      content: html`${fields.map(([name, value]) => hidden(name, value))}
      ${button({ label: protocol.continueButton })}`,
    }),
  };
}

/** The texts are the engine's, for whoever has written the application; people get their own. */
function protocolError(
  { code, description }: Extract<OidcPage, { kind: 'error' }>,
  { protocol }: SignInWording,
): PageContent {
  return {
    title: protocol.errorTitle,
    isFailure: true,
    emblem: { icon: 'warning', tone: 'bad' },
    content: html`<p role="alert">${protocol.error}</p>
      <p class="muted small">
        ${protocol.errorCode(code)}${description === null ? null : html`<br /><span lang="en" dir="ltr">${description}</span>`}
      </p>`,
  };
}

function signOut(
  { form, application, redirectUri }: Extract<OidcPage, { kind: 'sign-out' }>,
  organization: string,
  { signOut: say }: SignInWording,
): PageContent {
  return {
    title: say.title,
    lead: application === null ? say.lead(organization) : say.leadFor(application.name),
    emblem: { icon: 'out' },
    leadsTo: redirectUri === null ? [] : [redirectUri],
    content: formOf(
      form,
      actions(
        button({ label: say.button, name: 'logout', value: 'yes' }),
        button({ label: say.stay, look: 'secondary' }),
      ),
    ),
  };
}

function deviceCode(
  { form, failure, userCode }: Extract<OidcPage, { kind: 'device-code' }>,
  { device }: SignInWording,
): PageContent {
  const error = failure === null ? null : device.failures[failure];
  return {
    title: device.title,
    lead: device.lead,
    emblem: { icon: 'device' },
    flaws: error === null ? [] : [{ name: 'user_code', text: error }],
    content: formOf(
      form,
      button({ label: device.button }),
      codeField({
        name: 'user_code',
        label: device.code,
        hint: device.codeHint,
        isNumeric: false,
        // Read off another screen, once: nothing that a browser knows.
        autocomplete: 'off',
        value: userCode,
        maxLength: 20,
        hasFocus: failure === null,
        error,
      }),
    ),
  };
}

function deviceConfirmation(
  { form, application, userCode, device: from }: Extract<OidcPage, { kind: 'device-confirmation' }>,
  { device }: SignInWording,
): PageContent {
  const known = [
    ...(from.ip === null ? [] : [{ name: device.address, value: from.ip }]),
    ...(from.userAgent === null ? [] : [{ name: device.program, value: from.userAgent }]),
  ];
  return {
    title: device.confirmTitle,
    lead: device.confirmLead(application.name),
    emblem: { icon: 'device' },
    content: html`<p>${device.compare}</p>
      ${bigCode(userCode)} ${known.length === 0 ? null : facts(known)} ${notice('warning', device.warning)}
      ${formOf(
        form,
        actions(
          button({ label: device.allow, name: 'confirm', value: 'yes' }),
          button({ label: device.deny, name: 'abort', value: 'yes', look: 'secondary' }),
        ),
      )}`,
  };
}

function formOf({ action, fields }: PageForm, buttons: Part, content: Part = null): Markup {
  const carried = Object.entries(fields).map(([name, value]) => hidden(name, value));
  return postForm({ action, content: html`${carried} ${content} ${buttons}` });
}
