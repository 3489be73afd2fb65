import { button } from '../../platform/http/html/buttons.js';
import { codeField, hidden } from '../../platform/http/html/form.js';
import { html, type Markup } from '../../platform/http/html/markup.js';
import { type PageContent, type PageFrame, sendPage } from '../../platform/http/html/page.js';
import { productLook } from '../../platform/http/html/page-look.js';
import { englishShell } from '../../platform/http/html/shell-wording.js';
import type { DeviceFailure, OidcPage, OidcPages, PageForm } from '../oidc-pages.types.js';

const frame: PageFrame = { words: englishShell, look: productLook, shownAddress: null };

/** For a server without hosted pages, and for tests: English, in nobody's look. */
export const plainPages: OidcPages = {
  continueWords: () => ({ language: 'en', title: 'Please continue', button: 'Continue' }),
  send: (page, { reply, status }) => sendPage(reply, status, frame, contentOf(page)),
};

function contentOf(page: OidcPage): PageContent {
  switch (page.kind) {
    case 'error':
      return {
        title: 'This does not work',
        isFailure: true,
        content: html`<p>${page.description ?? 'The application that sent you here has made a mistake.'}</p>
          <p><code>${page.code}</code></p>`,
      };
    case 'sign-out':
      return {
        title: 'Sign out?',
        content: formOf(
          page.form,
          button({ label: 'Sign out', name: 'logout', value: 'yes' }),
          button({ label: 'Stay signed in', look: 'secondary' }),
        ),
      };
    case 'signed-out':
      return { title: 'Signed out', content: html`<p>You are signed out.</p>` };
    case 'device-code':
      return {
        title: 'Connect a device',
        isFailure: page.failure !== null,
        content: formOf(
          page.form,
          codeField({
            name: 'user_code',
            label: 'Code',
            isNumeric: false,
            autocomplete: 'off',
            value: page.userCode,
            error: page.failure && failures[page.failure],
          }),
          button({ label: 'Continue' }),
        ),
      };
    case 'device-confirmation':
      return {
        title: 'Is this your device?',
        content: html`<p>${page.application.name}</p>
          <p><code>${page.userCode}</code></p>
          ${formOf(
            page.form,
            button({ label: 'Yes', name: 'confirm', value: 'yes' }),
            button({ label: 'No', name: 'abort', value: 'yes', look: 'secondary' }),
          )}`,
      };
    case 'device-done':
      return { title: 'Connected', content: html`<p>${page.application.name} is connected.</p>` };
  }
}

const failures: Readonly<Record<DeviceFailure, string>> = {
  missing: 'Type the code that the device shows',
  unknown: 'There is no such code',
  expired: 'This code has expired',
  used: 'This code has been used',
  aborted: 'The device was not connected',
  failed: 'The device could not be connected',
};

function formOf({ action, fields }: PageForm, ...content: readonly Markup[]): Markup {
  return html`<form method="post" action="${action}">
    ${Object.entries(fields).map(([name, value]) => hidden(name, value))} ${content}
  </form>`;
}
