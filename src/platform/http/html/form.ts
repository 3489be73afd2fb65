import { html, type Markup } from './markup.js';

interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'email' | 'password';
  readonly autocomplete: string;
  readonly value?: string;
  readonly hint?: string;
  readonly error?: string | null;
  readonly maxLength?: number;
  readonly isOptional?: boolean;
  /** Shown, sent along and not to be changed. */
  readonly isFixed?: boolean;
}

/** A labelled input; its hint and its error belong to it for whoever hears the page. */
export function field({ name, label, type, autocomplete, hint, error = null, ...options }: Field): Markup {
  const describedBy = [
    hint === undefined ? [] : `${name}-hint`,
    error === null ? [] : `${name}-error`,
  ].flat();
  const attributes = [
    options.isOptional ? null : html` required`,
    options.isFixed ? html` readonly` : null,
    describedBy.length === 0 ? null : html` aria-describedby="${describedBy.join(' ')}"`,
    // The first thing that a reader is told of, and the place to go on.
    error === null ? null : html` aria-invalid="true" autofocus`,
  ];
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      autocomplete="${autocomplete}"
      value="${options.value ?? ''}"
      maxlength="${String(options.maxLength ?? 256)}"
      ${attributes}
    />
    ${hint === undefined ? null : html`<p class="hint" id="${name}-hint">${hint}</p>`}
    ${error === null ? null : html`<p class="error" id="${name}-error">${error}</p>`}
  </div>`;
}

export function hidden(name: string, value: string): Markup {
  return html`<input type="hidden" name="${name}" value="${value}" />`;
}

/** What is wrong with the whole of it. */
export function alert(text: string | null): Markup | null {
  return text === null ? null : html`<p class="alert" role="alert">${text}</p>`;
}
