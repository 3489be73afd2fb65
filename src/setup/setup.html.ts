import type { PageContent } from '../platform/http/html/page.js';
import { button } from '../platform/http/html/buttons.js';
import { field, hidden, passwordField, postForm } from '../platform/http/html/form.js';
import { html } from '../platform/http/html/markup.js';
import { notice } from '../platform/http/html/notices.js';
import type { PublicAddresses } from '../platform/http/public-addresses.js';

export interface SetupForm {
  token: string;
  email: string;
  errors: { email?: string; password?: string; form?: string };
}

export function setupForm({ token, email, errors }: SetupForm): PageContent {
  const flaws = (['email', 'password'] as const).flatMap((name) =>
    errors[name] === undefined ? [] : [{ name, text: errors[name] }],
  );
  return {
    title: 'Create the first operator',
    lead: 'This server has no operator yet. The operator creates organizations and keeps the server.',
    emblem: { icon: 'key' },
    notice: errors.form === undefined ? null : notice('bad', errors.form),
    isFailure: errors.form !== undefined,
    flaws,
    content: postForm({
      action: '/setup',
      content: html`${hidden('token', token)}
      ${field({
        name: 'email',
        label: 'E-mail address',
        type: 'email',
        autocomplete: 'username',
        value: email,
        error: errors.email,
      })}
      ${passwordField({
        name: 'password',
        label: 'Password',
        autocomplete: 'new-password',
        hint: 'At least 15 characters; a sentence is fine.',
        error: errors.password,
      })}
      ${button({ label: 'Create the operator' })}`,
    }),
  };
}

export function setupDone(email: string, addresses: PublicAddresses): PageContent {
  const signIn = `curl ${addresses.origin}/v1/organizations/platform/sign-in \\
  -H 'content-type: application/json' \\
  -d '{ "identifier": "${email}", "password": "…" }'`;
  return {
    title: 'The operator is there',
    emblem: { icon: 'check', tone: 'good' },
    layout: 'roomy',
    content: html`<p>Sign in as <strong>${email}</strong> to the organization <strong>platform</strong>:</p>
      <pre tabindex="0"><code>${signIn}</code></pre>
      <p>Everything else stands in the <a href="/docs">documentation of the API</a>.</p>`,
  };
}
