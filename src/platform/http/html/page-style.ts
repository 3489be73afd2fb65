import { Markup } from './markup.js';

/** The one look of every page that the server renders: light and dark, from a phone's width on. */
export const pageStyle = new Markup(`
:root { color-scheme: light dark; --page: #f4f5f7; --card: #fff; --text: #1c2330; --quiet: #596275; --line: #868fa1;
  --accent: #2450c4; --on-accent: #fff; --bad: #b3261e; --bad-card: #fdecea;
  --good: #1b7f4b; }
@media (prefers-color-scheme: dark) { :root { --page: #12151b; --card: #1b2029; --text: #e8ebf1; --quiet: #a4adbd;
  --line: #6d778a; --accent: #8fb0ff; --on-accent: #10182b; --bad: #ffb4ab; --bad-card: #3a1f1d;
  --good: #7ddba6; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem; background: var(--page);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 27rem; padding: 2rem; background: var(--card); border-radius: 0.75rem;
  box-shadow: 0 1px 3px rgb(0 0 0 / 0.15); }
@media (max-width: 30rem) { main { padding: 1.5rem 1.25rem; } }
.brand { margin: 0 0 1rem; font-weight: 700; letter-spacing: 0.02em; color: var(--accent); }
h1 { margin: 0 0 0.5rem; font-size: 1.5rem; line-height: 1.25; }
h1, .brand, main p, dd { overflow-wrap: anywhere; }
p { margin: 0 0 1.25rem; }
a { color: var(--accent); }
.field { margin-bottom: 1.25rem; }
label { display: block; margin-bottom: 0.25rem; font-weight: 600; }
input { width: 100%; padding: 0.65rem 0.75rem; border: 1px solid var(--line); border-radius: 0.5rem; background: transparent;
  color: inherit; font: inherit; }
input[readonly] { border-style: dashed; color: var(--quiet); }
input[aria-invalid] { border-color: var(--bad); }
.hint, .error { margin: 0.3rem 0 0; font-size: 0.875rem; color: var(--quiet); }
.error { color: var(--bad); font-weight: 600; }
.alert { padding: 0.75rem 1rem; border-radius: 0.5rem; background: var(--bad-card); color: var(--bad); font-weight: 600; }
button { width: 100%; padding: 0.75rem; border: 0; border-radius: 0.5rem; background: var(--accent); color: var(--on-accent);
  font: inherit; font-weight: 600; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.message { margin: 0 0 1.25rem; padding: 0.25rem 0 0.25rem 1rem; border-left: 3px solid var(--accent); white-space: pre-line;
  overflow-wrap: anywhere; }
.good { padding-left: 1rem; border-left: 3px solid var(--good); }
.good > :last-child, main > :last-child { margin-bottom: 0; }
.alert, .good, form { margin-top: 1rem; }
form + .hint { margin-top: 1rem; }
@media (forced-colors: active) { button { border: 1px solid ButtonText; } }
pre { overflow-x: auto; padding: 0.75rem 1rem; border-radius: 0.5rem; background: var(--page); font-size: 0.85rem; }
`);
