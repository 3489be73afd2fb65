import { icon } from './icons.js';
import { attributes, html, type Markup, type Part } from './markup.js';

/** What every field has. Hint and error belong to it for whoever hears the page. */
interface FieldFrame {
  readonly name: string;
  readonly label: string;
  /** Behind the label, such as that the field may stay empty. */
  readonly note?: string | undefined;
  readonly hint?: string | undefined;
  readonly error?: string | null | undefined;
  /** On the other side of the label, such as a link for whoever has forgotten the password. */
  readonly aside?: Markup | null;
}

interface TextInput extends FieldFrame {
  /** HTML's names for what browsers and password managers fill in (HTML, section 4.10.18.7); `off` for what is used once. */
  readonly autocomplete: string;
  readonly value?: string;
  readonly maxLength?: number;
  readonly isOptional?: boolean;
  /** Shown, sent along and not to be changed. */
  readonly isFixed?: boolean;
  readonly hasFocus?: boolean;
}

interface Field extends TextInput {
  readonly type: 'text' | 'email' | 'password' | 'tel' | 'url' | 'date';
}

/** A labelled input of one line. */
export function field({ type, autocomplete, value = '', maxLength = 256, ...options }: Field): Markup {
  return inputField(options, {
    type,
    autocomplete,
    value,
    maxlength: maxLength,
    ...(['email', 'url', 'tel'].includes(type) && { dir: 'ltr' }),
    // An address or a name is no prose, and phones capitalize what they take for it.
    ...((type === 'email' || autocomplete.includes('username')) && {
      autocapitalize: 'none',
      spellcheck: 'false',
    }),
  });
}

/** What is typed is never shown again, also not in the page that says what is wrong with it. */
export function passwordField(
  options: Omit<TextInput, 'value' | 'autocomplete'> & { autocomplete: 'current-password' | 'new-password' },
): Markup {
  return field({ ...options, type: 'password', value: '' });
}

/** For codes that are read off another screen. */
export function codeField({
  isNumeric,
  autocomplete,
  value = '',
  maxLength = 16,
  ...options
}: TextInput & { isNumeric: boolean }): Markup {
  return inputField(options, {
    class: 'code',
    type: 'text',
    inputmode: isNumeric ? 'numeric' : 'text',
    autocomplete,
    value,
    maxlength: maxLength,
    autocapitalize: 'characters',
    spellcheck: 'false',
    dir: 'ltr',
  });
}

type State = Pick<TextInput, 'isOptional' | 'isFixed' | 'hasFocus'>;

function inputField(
  frame: FieldFrame & State,
  own: Readonly<Record<string, string | number | boolean>>,
): Markup {
  const { name, isOptional = false, isFixed = false, hasFocus = false } = frame;
  return framed(
    frame,
    html`<input
      ${attributes({
        id: name,
        name,
        ...own,
        required: !isOptional && !isFixed,
        readonly: isFixed,
        autofocus: hasFocus,
        ...described(frame),
      })}
    />`,
  );
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

export function select({
  options,
  value,
  autocomplete = 'off',
  ...frame
}: FieldFrame & { options: readonly Option[]; value: string; autocomplete?: string }): Markup {
  const { name } = frame;
  const items = options.map(
    (option) =>
      html`<option ${attributes({ value: option.value, selected: option.value === value })}>
        ${option.label}
      </option>`,
  );
  return framed(
    frame,
    html`<div class="select">
      <select ${attributes({ id: name, name, autocomplete, ...described(frame) })}>
        ${items}</select
      >${icon('chevron')}
    </div>`,
  );
}

interface Checkbox extends Omit<FieldFrame, 'aside' | 'note'> {
  readonly isChecked: boolean;
  readonly value?: string;
  readonly isRequired?: boolean;
}

export function checkbox({ isChecked, value = 'on', isRequired = false, ...frame }: Checkbox): Markup {
  const { name } = frame;
  return html`<div class="choice">
    <input
      ${attributes({
        type: 'checkbox',
        id: name,
        name,
        value,
        checked: isChecked,
        required: isRequired,
        ...described(frame),
      })}
    />
    <label for="${name}">${frame.label}</label>
    ${remarks(frame)}
  </div>`;
}

/** @param accept media types, with commas between */
export function fileField({ accept, ...frame }: FieldFrame & { accept: string }): Markup {
  const { name } = frame;
  return framed(
    frame,
    html`<input
      ${attributes({ type: 'file', id: name, name, accept, required: true, ...described(frame) })}
    />`,
  );
}

export function hidden(name: string, value: string): Markup {
  return html`<input type="hidden" name="${name}" value="${value}" />`;
}

interface FormFrame {
  readonly action: string;
  readonly content: Part;
  /** Around a file. */
  readonly isMultipart?: boolean;
  /** As wide as its button, among other things on a line. */
  readonly isInline?: boolean;
}

/** What is wrong is said by the server, in the page's language and where it can be read at leisure, never by bubbles. */
export function postForm({ action, content, isMultipart = false, isInline = false }: FormFrame): Markup {
  const others = {
    novalidate: true,
    enctype: isMultipart ? 'multipart/form-data' : null,
    class: isInline ? 'inline' : null,
  };
  return html`<form method="post" action="${action}" ${attributes(others)}>${content}</form>`;
}

function framed(frame: FieldFrame, control: Markup): Markup {
  const { name, label, note, aside = null } = frame;
  return html`<div class="field">
    <div class="label">
      <label for="${name}"
        >${label}${note === undefined ? null : html` <span class="optional">${note}</span>`}</label
      >${aside}
    </div>
    ${control} ${remarks(frame)}
  </div>`;
}

function remarks({ name, hint, error = null }: FieldFrame): Markup {
  return html`${hint === undefined ? null : html`<p class="hint" id="${name}-hint">${hint}</p>`}
  ${error === null ? null : html`<p class="error" id="${name}-error">${icon('alert')}<span>${error}</span></p>`}`;
}

function described(frame: FieldFrame) {
  const { error = null } = frame;
  return { 'aria-describedby': describedBy(frame), 'aria-invalid': error === null ? null : 'true' };
}

function describedBy({ name, hint, error = null }: FieldFrame): string | null {
  const ids = [hint === undefined ? [] : `${name}-hint`, error === null ? [] : `${name}-error`].flat();
  return ids.length === 0 ? null : ids.join(' ');
}
