import { icon, type IconName } from './icons.js';
import { attributes, html, type Markup, type Part } from './markup.js';

type ButtonLook = 'primary' | 'secondary' | 'danger' | 'quiet' | 'quiet danger';

interface ButtonStyle {
  readonly label: string;
  readonly look?: ButtonLook;
  readonly isCompact?: boolean;
  readonly icon?: IconName | undefined;
  /** Said in place of the label where that alone is not clear, as of many buttons `Revoke`. Begins with the label. */
  readonly spoken?: string;
}

interface SubmitButton extends ButtonStyle {
  /** Sent along when this one is pressed. */
  readonly name?: string;
  readonly value?: string;
}

/** Sends the form that it stands in. */
export function button({ name, value, ...style }: SubmitButton): Markup {
  return html`<button ${attributes({ class: classOf(style), name, value, 'aria-label': style.spoken })}>
    ${content(style)}
  </button>`;
}

/** Looks like a button and leads to a page. An image, such as a provider's, may stand in place of the icon. */
export function linkButton({
  href,
  image,
  ...style
}: ButtonStyle & { href: string; image?: string | null }): Markup {
  const picture = image ? html`<img src="${image}" alt="" width="20" height="20" />` : null;
  return html`<a ${attributes({ class: classOf(style), href, 'aria-label': style.spoken })}>
    ${picture}${content(style)}
  </a>`;
}

/** Side by side where there is room; the most likely one first. */
export function actions(...buttons: readonly Part[]): Markup {
  return html`<div class="actions">${buttons}</div>`;
}

/** One below the other, such as the providers of a sign-in. */
export function stackedActions(...buttons: readonly Part[]): Markup {
  return html`<div class="actions stacked">${buttons}</div>`;
}

/** A line with a word in it, such as `or`. */
export function divider(text: string): Markup {
  return html`<p class="divider">${text}</p>`;
}

function classOf({ look = 'primary', isCompact = false }: ButtonStyle): string {
  return ['button', look === 'primary' ? [] : look, isCompact ? 'compact' : []].flat().join(' ');
}

function content({ label, icon: name }: ButtonStyle): Markup {
  return html`${name === undefined ? null : icon(name)}<span>${label}</span>`;
}
