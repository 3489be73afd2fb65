import { css } from './css.js';

/** The frame around what a page says: a card in the middle, or sections beside their navigation. */
export const layout = css`
  .skip {
    position: absolute;
    inset-block-start: 0.5rem;
    inset-inline-start: 0.5rem;
    z-index: 1;
    padding: 0.5rem 0.875rem;
    border-radius: var(--radius);
    background: var(--card);
    color: var(--link);
  }
  .skip:not(:focus) {
    clip-path: inset(50%);
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    min-inline-size: 0;
    color: var(--page-text);
    font-weight: 600;
    letter-spacing: -0.008em;
    overflow-wrap: anywhere;
  }
  .brand img {
    inline-size: auto;
    block-size: auto;
    max-inline-size: min(13rem, 100%);
    max-block-size: 3rem;
    object-fit: contain;
  }
  .monogram {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 2.5rem;
    block-size: 2.5rem;
    border-radius: 0.75rem;
    background: var(--accent);
    color: var(--on-accent);
    font-size: 1.125rem;
    font-weight: 700;
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 0.5rem 1.25rem;
    color: var(--page-muted);
    font-size: 0.8125rem;
    text-align: center;
  }
  .foot p {
    inline-size: 100%;
    white-space: pre-line;
  }
  .foot ul {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 0.25rem 1.25rem;
    padding: 0;
    list-style: none;
  }
  .foot a {
    color: inherit;
    text-decoration: none;
  }
  .foot a:hover {
    color: var(--page-link);
    text-decoration: underline;
  }
  .foot [aria-current] {
    color: var(--page-text);
    font-weight: 600;
  }

  /* One thing to do. */
  .focused {
    align-items: center;
    justify-content: center;
    gap: 1.75rem;
    padding: 2.5rem 1rem;
    background: radial-gradient(70rem 34rem at 50% -12rem, var(--page-tint), var(--page)) var(--page);
  }
  .focused .top {
    max-inline-size: 27rem;
    inline-size: 100%;
    display: flex;
    justify-content: center;
  }
  .focused .brand {
    text-align: start;
    font-size: 1.125rem;
  }
  .focused main {
    inline-size: 100%;
    max-inline-size: 27rem;
    padding: 2.25rem;
    border: 1px solid var(--line);
    border-radius: var(--radius-card);
    background: var(--card);
    box-shadow:
      0 1px 2px rgb(0 0 0 / 0.05),
      0 12px 32px -8px rgb(0 0 0 / 0.1);
  }
  .focused.roomy main {
    max-inline-size: 36rem;
  }
  .focused .foot {
    max-inline-size: 27rem;
  }
  @media (max-width: 30rem) {
    .focused {
      justify-content: flex-start;
      gap: 0;
      padding: 0;
      background: var(--card);
    }
    .focused .top {
      justify-content: flex-start;
      padding: 1.5rem 1.25rem 0;
    }
    .focused .brand {
      color: var(--text);
    }
    .focused main {
      flex: 1;
      padding: 1.75rem 1.25rem 2.5rem;
      border: 0;
      border-radius: 0;
      box-shadow: none;
    }
    .focused .foot {
      max-inline-size: none;
      inline-size: 100%;
      padding: 1.25rem;
      border-block-start: 1px solid var(--line);
      background: var(--page);
    }
  }

  /* Many things to see. */
  .sections .top {
    border-block-end: 1px solid var(--line);
    background: var(--card);
  }
  .sections .bar,
  .sections .body {
    display: flex;
    inline-size: 100%;
    max-inline-size: 68rem;
    margin-inline: auto;
    padding-inline: 1.5rem;
  }
  .sections .bar {
    align-items: center;
    justify-content: space-between;
    gap: 1rem;
    min-block-size: 4rem;
    padding-block: 0.5rem;
  }
  .sections .brand {
    color: var(--text);
  }
  .sections .brand img {
    max-block-size: 2.25rem;
  }
  .sections .monogram {
    inline-size: 2.25rem;
    block-size: 2.25rem;
    font-size: 1rem;
  }
  .sections .body {
    flex: 1;
    gap: 3rem;
    padding-block: 2.5rem 4rem;
  }
  .sections main {
    flex: 1;
    min-inline-size: 0;
    max-inline-size: 46rem;
  }
  .sections .alone {
    margin-inline: auto;
  }
  .corner {
    display: flex;
    flex: none;
    align-items: center;
    gap: 1rem;
    color: var(--muted);
    font-size: 0.875rem;
  }
  .sections .foot {
    padding: 1.5rem;
    border-block-start: 1px solid var(--line);
  }
  .sections h1,
  .sections .heading .lead {
    color: var(--page-text);
  }
  .sections .heading .lead {
    color: var(--page-muted);
  }
  .sections h1 {
    font-size: 1.75rem;
  }
  .menu {
    flex: none;
    inline-size: 13rem;
  }
  .menu ul {
    display: grid;
    gap: 0.125rem;
    margin-inline-start: -0.75rem;
    padding: 0;
    list-style: none;
  }
  .menu a {
    display: block;
    padding: 0.5rem 0.75rem;
    border-radius: var(--radius);
    color: var(--page-muted);
    text-decoration: none;
  }
  .menu a:hover {
    background: var(--page-tint);
    color: var(--page-text);
  }
  .menu [aria-current] {
    background: var(--card);
    color: var(--text);
    font-weight: 600;
    box-shadow: inset 0 0 0 1px var(--line);
  }
  @media (max-width: 52rem) {
    .sections .body {
      flex-direction: column;
      gap: 1.5rem;
      padding-block: 1.25rem 3rem;
    }
    .sections main {
      max-inline-size: none;
    }
    .menu {
      inline-size: auto;
      margin-inline: -1.25rem;
      overflow-x: auto;
      scroll-padding-inline: 1.25rem;
      scrollbar-width: none;
    }
    .menu ul {
      display: flex;
      inline-size: max-content;
      margin: 0;
      padding: 3px 1.25rem;
    }
    .menu a {
      white-space: nowrap;
    }
    /* Where one is, is to be seen without a script that scrolls there. */
    .menu [aria-current] {
      scroll-initial-target: nearest;
    }
  }
  @media (max-width: 30rem) {
    .sections .bar,
    .sections .body {
      padding-inline: 1.25rem;
    }
    .sections h1 {
      font-size: 1.5rem;
    }
    .corner > span {
      display: none;
    }
  }

  /* What stands in the frame, from above to below. */
  main {
    display: flex;
    flex-direction: column;
    gap: 1.5rem;
  }
  main:focus {
    outline: none;
  }
  .heading {
    display: grid;
    gap: 0.5rem;
  }
  .heading .lead {
    color: var(--muted);
  }
  .emblem {
    display: grid;
    place-items: center;
    inline-size: 3rem;
    block-size: 3rem;
    margin-block-end: 0.75rem;
    border-radius: 50%;
    background: var(--accent-soft);
    color: var(--link);
  }
  .emblem.good {
    background: var(--good-soft);
    color: var(--good);
  }
  .emblem.bad {
    background: var(--danger-soft);
    color: var(--danger);
  }
  .emblem svg {
    inline-size: 1.5rem;
    block-size: 1.5rem;
  }
  .stack {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--gap);
  }
  .stack > * {
    min-inline-size: 0;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.75rem;
  }
  .beside {
    display: flex;
    align-items: center;
    gap: 1rem;
  }
  .beside > div {
    flex: 1;
    min-inline-size: 0;
  }
  .row.spread {
    justify-content: space-between;
  }
`;
