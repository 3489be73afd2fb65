import { icon } from './icons.js';
import { attributes, html, type Markup } from './markup.js';

interface Person {
  readonly name: string | null;
  /** E-mail address or user name. */
  readonly identifier: string;
  /** Address of an image. */
  readonly picture?: string | null;
}

export function avatar(
  { name, identifier, picture = null }: Person,
  size: 'normal' | 'large' = 'normal',
): Markup {
  const className = size === 'large' ? 'avatar large' : 'avatar';
  const pixels = size === 'large' ? 80 : 40;
  return picture === null
    ? html`<span class="${className}" aria-hidden="true">${initialOf(name ?? identifier)}</span>`
    : html`<img ${attributes({ class: className, src: picture, alt: '', width: pixels, height: pixels })} />`;
}

/** As whom somebody is signed in, with a way out of it. */
export function identity(person: Person, other: { label: string; href: string } | null = null): Markup {
  const { name, identifier } = person;
  return html`<div class="identity">
    ${avatar(person)}
    <div>
      <strong dir="auto">${name ?? identifier}</strong>
      ${name === null ? null : html`<span class="muted" dir="auto">${identifier}</span>`}
    </div>
    ${other === null ? null : html`<a href="${other.href}">${other.label}</a>`}
  </div>`;
}

/** Who is signed in, and the way out; for the corner of a page with sections. On a phone there is room for the latter. */
export function corner(identifier: string, way: Markup): Markup {
  return html`<div class="corner"><span dir="auto">${identifier}</span>${way}</div>`;
}

interface Party {
  readonly name: string;
  readonly logo: string | null;
}

/** An application and an organization, about to share something. */
export function parties(one: Party, other: Party): Markup {
  return html`<div class="parties" aria-hidden="true">${tile(one)}${icon('arrows')}${tile(other)}</div>`;
}

function tile({ name, logo }: Party): Markup {
  return logo === null
    ? html`<span class="tile">${initialOf(name)}</span>`
    : html`<img class="tile" src="${logo}" alt="" width="56" height="56" />`;
}

/** What people take for the first letter, whatever it is made of. */
export function initialOf(name: string): string {
  const [first] = new Intl.Segmenter().segment(name.trim().slice(0, 32));
  return first?.segment.toLocaleUpperCase() ?? '';
}
