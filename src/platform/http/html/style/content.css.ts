import { css } from './css.js';

/** Notices, cards, lists and tables. */
export const content = css`
  .notice {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0.75rem;
    padding: 0.875rem 1rem;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--accent-soft);
    color: var(--text);
    font-size: 0.9375rem;
  }
  .notice > svg {
    inline-size: 1.25rem;
    block-size: 1.25rem;
    margin-block-start: 0.1rem;
    color: var(--link);
  }
  .notice > div {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.375rem;
  }
  .notice h2 {
    font-size: 0.9375rem;
    line-height: 1.5;
    letter-spacing: 0;
  }
  .notice ul {
    display: grid;
    gap: 0.375rem;
    padding-inline-start: 1.125rem;
  }
  .notice.good {
    border-color: var(--good-line);
    background: var(--good-soft);
  }
  .notice.good > svg {
    color: var(--good);
  }
  .notice.warning {
    border-color: var(--warning-line);
    background: var(--warning-soft);
  }
  .notice.warning > svg {
    color: var(--warning);
  }
  .notice.bad {
    border-color: var(--danger-line);
    background: var(--danger-soft);
  }
  .notice.bad > svg,
  .notice.bad a {
    color: var(--danger);
  }
  .notice.bad:focus-visible {
    outline-color: var(--danger);
  }

  .card {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--gap);
    padding: 1.5rem;
    border: 1px solid var(--line);
    border-radius: var(--radius-card);
    background: var(--card);
  }
  .card > header {
    display: grid;
    gap: 0.25rem;
  }
  .card > header p {
    color: var(--muted);
    font-size: 0.9375rem;
  }
  .card.danger {
    border-color: var(--danger-line);
  }
  .sections .card form {
    max-inline-size: 30rem;
  }
  .sections .card form > .button {
    justify-self: start;
  }
  .sections .card form.inline {
    max-inline-size: none;
  }
  @media (max-width: 30rem) {
    .card {
      padding: 1.25rem;
    }
  }

  .identity {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    padding: 0.625rem 0.75rem;
    border: 1px solid var(--line);
    border-radius: var(--radius);
  }
  .identity > div {
    flex: 1;
    min-inline-size: 0;
    display: grid;
    line-height: 1.35;
  }
  .identity .muted,
  .identity > a {
    font-size: 0.875rem;
  }
  .avatar {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 2.5rem;
    block-size: 2.5rem;
    border-radius: 50%;
    background: var(--accent-soft);
    color: var(--link);
    font-weight: 600;
    object-fit: cover;
  }
  .avatar.large {
    inline-size: 5rem;
    block-size: 5rem;
    font-size: 1.75rem;
  }
  .parties {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 0.75rem;
    color: var(--muted);
  }
  .parties .tile {
    display: grid;
    place-items: center;
    inline-size: 3.5rem;
    block-size: 3.5rem;
    border: 1px solid var(--line);
    border-radius: var(--radius-card);
    background: var(--field);
    color: var(--text);
    font-size: 1.375rem;
    font-weight: 700;
    overflow: hidden;
    object-fit: contain;
  }
  .parties svg {
    inline-size: 1.25rem;
    block-size: 1.25rem;
  }
  .ticks {
    display: grid;
    gap: 0.75rem;
    padding: 0;
    list-style: none;
  }
  .ticks li {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0 0.75rem;
  }
  .ticks svg {
    inline-size: 1.25rem;
    block-size: 1.25rem;
    margin-block-start: 0.125rem;
    color: var(--link);
  }
  .ticks .muted {
    grid-column: 2;
  }
  .quote {
    padding-inline-start: 1rem;
    border-inline-start: 3px solid var(--accent-edge);
  }
  .quote blockquote {
    white-space: pre-line;
  }
  .quote figcaption {
    margin-block-end: 0.25rem;
    color: var(--muted);
    font-size: 0.875rem;
  }
  .big-code {
    padding: 0.75rem 1rem;
    border-radius: var(--radius);
    background: var(--accent-soft);
    font: 600 1.5rem/1.25 var(--mono);
    letter-spacing: 0.12em;
    text-align: center;
  }
  .letter {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .preview {
    display: block;
    inline-size: 100%;
    block-size: 42rem;
    border: 1px solid var(--line);
    border-radius: var(--radius);
  }
  details > summary {
    color: var(--link);
    cursor: pointer;
  }

  .facts {
    display: grid;
    grid-template-columns: minmax(8rem, 12rem) minmax(0, 1fr);
    gap: 0.75rem 1.5rem;
  }
  .facts dt {
    color: var(--muted);
  }
  @media (max-width: 36rem) {
    .facts {
      grid-template-columns: minmax(0, 1fr);
      gap: 0;
    }
    .facts dt {
      font-size: 0.875rem;
    }
    .facts dd + dt {
      margin-block-start: 0.75rem;
    }
  }

  .items {
    display: grid;
    padding: 0;
    list-style: none;
  }
  .items > li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.5rem 1rem;
    padding-block: 1rem;
    border-block-start: 1px solid var(--line);
  }
  .items > li:first-child {
    padding-block-start: 0;
    border: 0;
  }
  .items > li:last-child {
    padding-block-end: 0;
  }
  .items > li > :first-child {
    flex: 1 1 14rem;
    min-inline-size: 0;
  }
  .badge {
    display: inline-block;
    padding: 0.0625rem 0.5rem;
    border-radius: 1rem;
    background: var(--accent-soft);
    color: var(--link);
    font-size: 0.8125rem;
    font-weight: 600;
    white-space: nowrap;
  }
  .badge.good {
    background: var(--good-soft);
    color: var(--good);
  }
  .badge.warning {
    background: var(--warning-soft);
    color: var(--warning);
  }

  table {
    inline-size: 100%;
    border-collapse: collapse;
    font-size: 0.9375rem;
  }
  caption {
    padding-block-end: 0.75rem;
    text-align: start;
  }
  th,
  td {
    padding: 0.75rem 0.75rem;
    border-block-end: 1px solid var(--line);
    text-align: start;
    vertical-align: middle;
    overflow-wrap: anywhere;
  }
  th {
    font-weight: 600;
  }
  th .muted {
    font-weight: 400;
  }
  thead th {
    padding-block: 0 0.5rem;
    color: var(--muted);
    font-size: 0.8125rem;
    white-space: nowrap;
  }
  tr > :first-child {
    padding-inline-start: 0;
  }
  tr > :last-child {
    padding-inline-end: 0;
  }
  td.end {
    text-align: end;
  }
  tbody tr:last-child > * {
    border: 0;
    padding-block-end: 0;
  }
  @media (max-width: 40rem) {
    table,
    tbody,
    tr,
    th,
    td,
    caption {
      display: block;
    }
    thead {
      position: absolute;
      clip-path: inset(50%);
    }
    tbody {
      display: grid;
      gap: 0.75rem;
    }
    tbody tr {
      padding: 0.875rem 1rem;
      border: 1px solid var(--line);
      border-radius: var(--radius);
    }
    tbody tr > * {
      padding: 0.125rem 0;
      border: 0;
    }
    tbody td[data-label] {
      display: grid;
      grid-template-columns: minmax(5.5rem, 2fr) 3fr;
      gap: 1rem;
    }
    tbody td[data-label]::before {
      content: attr(data-label);
      color: var(--muted);
    }
    td.end {
      padding-block-start: 0.625rem;
      text-align: start;
    }
    td.end .quiet {
      margin-inline-start: -0.75rem;
    }
  }
`;
