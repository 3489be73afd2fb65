import type { PublicAddresses } from '../platform/http/public-addresses.js';

export interface SetupForm {
  token: string;
  email: string;
  errors: { email?: string; password?: string; form?: string };
}

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character]!);

export function renderSetupForm({ token, email, errors }: SetupForm, nonce: string): string {
  return document(
    'Create the first operator',
    nonce,
    `<p>This server has no operator yet. The operator creates organizations and keeps the server.</p>
    ${errors.form ? `<p class="alert" role="alert">${escape(errors.form)}</p>` : ''}
    <form method="post" action="/setup">
      <input type="hidden" name="token" value="${escape(token)}">
      ${field('email', 'E-mail address', 'email', 'username', escape(email), errors.email)}
      ${field('password', 'Password', 'password', 'new-password', '', errors.password, 'At least 15 characters; a sentence is fine.')}
      <button>Create the operator</button>
    </form>
    <script nonce="${nonce}">history.replaceState(null, '', '/setup');</script>`,
  );
}

export function renderSetupDone(email: string, addresses: PublicAddresses, nonce: string): string {
  const signIn = `curl ${addresses.origin}/v1/organizations/platform/sign-in \\
  -H 'content-type: application/json' \\
  -d '{ "identifier": "${email}", "password": "…" }'`;
  return document(
    'The operator is there',
    nonce,
    `<p>Sign in as <strong>${escape(email)}</strong> to the organization <strong>platform</strong>:</p>
    <pre tabindex="0"><code>${escape(signIn)}</code></pre>
    <p>Everything else stands in the <a href="/docs">documentation of the API</a>.</p>`,
  );
}

function field(
  name: string,
  label: string,
  type: string,
  autocomplete: string,
  value: string,
  error: string | undefined,
  hint?: string,
): string {
  const described = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(' ');
  return `<div class="field">
        <label for="${name}">${label}</label>
        <input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" value="${value}" required
          maxlength="256"${described ? ` aria-describedby="${described}"` : ''}${error ? ' aria-invalid="true" autofocus' : ''}>
        ${hint ? `<p class="hint" id="${name}-hint">${hint}</p>` : ''}
        ${error ? `<p class="error" id="${name}-error">${escape(error)}</p>` : ''}
      </div>`;
}

function document(title: string, nonce: string, content: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>${title} · Tenantry</title>
    <style nonce="${nonce}">${style}</style>
  </head>
  <body>
    <main>
      <p class="brand">Tenantry</p>
      <h1>${title}</h1>
      ${content}
    </main>
  </body>
</html>
`;
}

const style = `
:root { color-scheme: light dark; --page: #f4f5f7; --card: #fff; --text: #1c2330; --quiet: #596275; --line: #868fa1;
  --accent: #2450c4; --on-accent: #fff; --bad: #b3261e; --bad-card: #fdecea; }
@media (prefers-color-scheme: dark) { :root { --page: #12151b; --card: #1b2029; --text: #e8ebf1; --quiet: #a4adbd;
  --line: #6d778a; --accent: #8fb0ff; --on-accent: #10182b; --bad: #ffb4ab; --bad-card: #3a1f1d; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem; background: var(--page);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 27rem; padding: 2rem; background: var(--card); border-radius: 0.75rem;
  box-shadow: 0 1px 3px rgb(0 0 0 / 0.15); }
@media (max-width: 30rem) { main { padding: 1.5rem 1.25rem; } }
.brand { margin: 0 0 1rem; font-weight: 700; letter-spacing: 0.02em; color: var(--accent); }
h1 { margin: 0 0 0.5rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: 0 0 1.25rem; }
a { color: var(--accent); }
.field { margin-bottom: 1.25rem; }
label { display: block; margin-bottom: 0.25rem; font-weight: 600; }
input { width: 100%; padding: 0.65rem 0.75rem; border: 1px solid var(--line); border-radius: 0.5rem; background: transparent;
  color: inherit; font: inherit; }
input[aria-invalid] { border-color: var(--bad); }
.hint, .error { margin: 0.3rem 0 0; font-size: 0.875rem; color: var(--quiet); }
.error { color: var(--bad); font-weight: 600; }
.alert { padding: 0.75rem 1rem; border-radius: 0.5rem; background: var(--bad-card); color: var(--bad); font-weight: 600; }
button { width: 100%; padding: 0.75rem; border: 0; border-radius: 0.5rem; background: var(--accent); color: var(--on-accent);
  font: inherit; font-weight: 600; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
pre { overflow-x: auto; padding: 0.75rem 1rem; border-radius: 0.5rem; background: var(--page); font-size: 0.85rem; }
`;
