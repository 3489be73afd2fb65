import { css } from './css.js';

/** Sizes, type and what every element looks like. Colours come from the look of whoever's page it is. */
export const foundation = css`
  :root {
    color-scheme: light dark;
    --font: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', Arial, sans-serif;
    --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace;
    --radius: 0.625rem;
    --radius-card: 1rem;
    --gap: 1.25rem;
    --control-height: 2.875rem;
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  html {
    -webkit-text-size-adjust: 100%;
    text-size-adjust: 100%;
  }
  body {
    margin: 0;
    min-block-size: 100vh;
    min-block-size: 100dvh;
    display: flex;
    flex-direction: column;
    background: var(--page);
    color: var(--text);
    font: 1rem/1.5 var(--font);
    -webkit-font-smoothing: antialiased;
    overflow-wrap: break-word;
  }
  h1,
  h2,
  h3 {
    margin: 0;
    line-height: 1.25;
    font-weight: 650;
    letter-spacing: -0.011em;
    text-wrap: pretty;
    overflow-wrap: anywhere;
  }
  h1 {
    font-size: 1.5rem;
    letter-spacing: -0.018em;
  }
  h2 {
    font-size: 1.125rem;
  }
  h3 {
    font-size: 1rem;
  }
  p,
  ul,
  ol,
  dl,
  dd,
  figure,
  blockquote,
  pre {
    margin: 0;
  }
  p,
  li,
  dd,
  blockquote {
    overflow-wrap: anywhere;
  }
  a {
    color: var(--link);
    text-underline-offset: 0.2em;
    text-decoration-thickness: 1px;
    border-radius: 0.25rem;
  }
  a:hover {
    text-decoration-thickness: 2px;
  }
  strong {
    font-weight: 600;
  }
  img,
  svg {
    display: block;
    flex: none;
  }
  hr {
    inline-size: 100%;
    margin: 0;
    border: 0;
    border-block-start: 1px solid var(--line);
  }
  code,
  pre {
    font-family: var(--mono);
    font-size: 0.875em;
  }
  pre {
    overflow-x: auto;
    padding: 0.875rem 1rem;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--field);
  }
  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
  }
  /* Put there by the page itself, to be read out; whoever sees it needs no ring around it. */
  [tabindex='-1']:focus-visible {
    outline-offset: 3px;
  }
  ::selection {
    background: var(--accent);
    color: var(--on-accent);
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .muted {
    color: var(--muted);
  }
  .small {
    font-size: 0.875rem;
  }
  @media (prefers-reduced-motion: no-preference) {
    a,
    button,
    .button,
    input,
    select,
    textarea {
      transition:
        background-color 120ms ease,
        border-color 120ms ease,
        box-shadow 120ms ease;
    }
  }
`;
