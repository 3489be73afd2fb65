import { css } from './css.js';

export const forms = css`
  form {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--gap);
    margin: 0;
  }
  form.inline {
    display: inline-grid;
  }
  fieldset {
    display: grid;
    gap: 0.75rem;
    min-inline-size: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0;
    margin-block-end: 0.375rem;
    font-weight: 600;
    font-size: 0.9375rem;
  }
  .field {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.375rem;
  }
  .field .label {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    gap: 1rem;
    font-size: 0.9375rem;
  }
  label {
    font-weight: 600;
  }
  .field .label > :not(label) {
    flex: none;
    font-size: 0.875rem;
  }
  .optional {
    color: var(--muted);
    font-weight: 400;
  }
  input,
  select,
  textarea {
    inline-size: 100%;
    min-inline-size: 0;
    min-block-size: var(--control-height);
    padding: 0.5625rem 0.8125rem;
    border: 1px solid var(--control);
    border-radius: var(--radius);
    background: var(--field);
    color: var(--text);
    /* Not below 16 pixels: phones zoom in on smaller fields. */
    font: 1rem/1.5 var(--font);
    accent-color: var(--accent-edge);
  }
  textarea {
    min-block-size: 6.5rem;
    resize: vertical;
  }
  select {
    appearance: none;
    padding-inline-end: 2.5rem;
  }
  .select {
    position: relative;
    display: grid;
  }
  .select svg {
    position: absolute;
    inset-block-start: calc(50% - 0.5rem);
    inset-inline-end: 0.875rem;
    inline-size: 1rem;
    block-size: 1rem;
    color: var(--muted);
    pointer-events: none;
  }
  input:hover,
  select:hover,
  textarea:hover {
    border-color: var(--muted);
  }
  input:focus-visible,
  select:focus-visible,
  textarea:focus-visible {
    border-color: var(--focus);
    outline-offset: -1px;
  }
  ::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  input:read-only:not([type='file'], [type='checkbox'], [type='radio']) {
    border-color: var(--line);
    background: transparent;
    color: var(--muted);
  }
  :disabled {
    cursor: not-allowed;
    opacity: 0.6;
  }
  [aria-invalid='true'] {
    border-color: var(--danger);
    box-shadow: inset 0 0 0 1px var(--danger);
  }
  [aria-invalid='true']:focus-visible {
    border-color: var(--danger);
    outline-color: var(--danger);
    box-shadow: none;
  }
  input.code {
    font: 600 1.375rem/1.25 var(--mono);
    letter-spacing: 0.2em;
    text-align: center;
    text-transform: uppercase;
  }
  .hint {
    color: var(--muted);
    font-size: 0.875rem;
  }
  .error {
    display: flex;
    gap: 0.375rem;
    color: var(--danger);
    font-size: 0.875rem;
    font-weight: 500;
  }
  .error svg {
    inline-size: 1rem;
    block-size: 1rem;
    margin-block-start: 0.16rem;
  }
  .choice {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0.125rem 0.75rem;
    align-items: start;
  }
  .choice label {
    font-weight: 400;
    cursor: pointer;
  }
  .choice .hint,
  .choice .error {
    grid-column: 2;
  }
  .choice input {
    inline-size: 1.25rem;
    block-size: 1.25rem;
    min-block-size: 0;
    margin: 0.125rem 0;
    padding: 0;
  }
  input[type='file'] {
    padding: 0.375rem;
    color: var(--muted);
  }
  ::file-selector-button {
    min-block-size: 2rem;
    margin-inline-end: 0.75rem;
    padding: 0.25rem 0.75rem;
    border: 1px solid var(--control);
    border-radius: 0.375rem;
    background: var(--card);
    color: var(--text);
    font: 600 0.875rem/1.25 var(--font);
    cursor: pointer;
  }
  button,
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.625rem;
    min-block-size: var(--control-height);
    margin: 0;
    padding: 0.5rem 1.125rem;
    border: 1px solid var(--accent-edge);
    border-radius: var(--radius);
    background: var(--accent);
    color: var(--on-accent);
    font: 600 1rem/1.25 var(--font);
    text-align: center;
    text-decoration: none;
    overflow-wrap: anywhere;
    cursor: pointer;
  }
  button:hover,
  .button:hover {
    background: var(--accent-hover);
    text-decoration: none;
  }
  button:active,
  .button:active {
    box-shadow: inset 0 2px 4px rgb(0 0 0 / 0.2);
  }
  .button.secondary {
    border-color: var(--control);
    background: var(--card);
    color: var(--text);
  }
  .button.secondary:hover {
    border-color: var(--muted);
    background: var(--accent-soft);
  }
  .button.danger {
    border-color: var(--danger-fill);
    background: var(--danger-fill);
    color: var(--on-danger);
  }
  .button.danger:hover {
    background: var(--danger-fill);
    text-decoration: underline;
  }
  .button.quiet {
    border-color: transparent;
    background: transparent;
    color: var(--link);
  }
  .button.quiet:hover {
    background: var(--accent-soft);
  }
  .button.quiet.danger {
    color: var(--danger);
  }
  .button.quiet.danger:hover {
    background: var(--danger-soft);
  }
  .button.compact {
    min-block-size: 2.25rem;
    padding: 0.25rem 0.75rem;
    font-size: 0.9375rem;
  }
  .button.secondary img,
  .button.secondary svg {
    inline-size: 1.25rem;
    block-size: 1.25rem;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 0.75rem;
  }
  .focused .actions > * {
    flex: 1 1 max-content;
  }
  .focused .actions.stacked {
    flex-direction: column;
  }
  .focused .actions.stacked > * {
    flex: none;
  }
  .divider {
    display: flex;
    align-items: center;
    gap: 1rem;
    color: var(--muted);
    font-size: 0.875rem;
  }
  .divider::before,
  .divider::after {
    content: '';
    flex: 1;
    border-block-start: 1px solid var(--line);
  }
  .below {
    color: var(--muted);
    text-align: center;
    font-size: 0.9375rem;
  }
  @media (forced-colors: active) {
    button,
    .button {
      border: 1px solid ButtonText;
    }
  }
`;
