import type { PageContent } from '../platform/http/html/page.js';
import { alert, field, hidden } from '../platform/http/html/form.js';
import { html } from '../platform/http/html/markup.js';
import type { PublicAddresses } from '../platform/http/public-addresses.js';

export interface SetupForm {
  token: string;
  email: string;
  errors: { email?: string; password?: string; form?: string };
}

export function setupForm({ token, email, errors }: SetupForm): PageContent {
  return {
    title: 'Create the first operator',
    content: html`<p>
        This server has no operator yet. The operator creates organizations and keeps the server.
      </p>
      ${alert(errors.form ?? null)}
      <form method="post" action="/setup">
        ${hidden('token', token)}
        ${field({
          name: 'email',
          label: 'E-mail address',
          type: 'email',
          autocomplete: 'username',
          value: email,
          error: errors.email ?? null,
        })}
        ${field({
          name: 'password',
          label: 'Password',
          type: 'password',
          autocomplete: 'new-password',
          hint: 'At least 15 characters; a sentence is fine.',
          error: errors.password ?? null,
        })}
        <button>Create the operator</button>
      </form>`,
  };
}

export function setupDone(email: string, addresses: PublicAddresses): PageContent {
  const signIn = `curl ${addresses.origin}/v1/organizations/platform/sign-in \\
  -H 'content-type: application/json' \\
  -d '{ "identifier": "${email}", "password": "…" }'`;
  return {
    title: 'The operator is there',
    content: html`<p>Sign in as <strong>${email}</strong> to the organization <strong>platform</strong>:</p>
      <pre tabindex="0"><code>${signIn}</code></pre>
      <p>Everything else stands in the <a href="/docs">documentation of the API</a>.</p>`,
  };
}
