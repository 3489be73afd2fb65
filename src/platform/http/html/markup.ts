import { isSafeLink, type Place, placesIn, urlAttributes } from './template-places.js';

/** Text that is HTML already. Only `html` and `attributes` make it, so whatever else comes into a page is escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Part = Markup | string | number | null | false | readonly Part[];

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const placesOf = new WeakMap<TemplateStringsArray, readonly Place[]>();

/**
 * HTML with whatever is put into it escaped, unless it is markup itself. `null` and `false` are nothing. What a value may
 * be depends on where it stands: in an attribute that leads somewhere, only an address that runs nothing; between attributes, in
 * scripts and in styles, only markup.
 *
 * @throws Error for a template in which escaping would not help: values in unquoted attributes, in names, in comments
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let places = placesOf.get(strings);
  if (places === undefined) placesOf.set(strings, (places = placesIn(strings)));
  let text = strings[0]!;
  for (const [index, part] of parts.entries()) text += textAt(places[index]!, part) + strings[index + 1]!;
  return new Markup(text);
}

/** Attributes with a space between them; `null`, `undefined` and `false` leave one out, `true` is one without a value. */
export function attributes(
  values: Readonly<Record<string, string | number | boolean | null | undefined>>,
): Markup {
  const texts = Object.entries(values).flatMap(([name, value]) => {
    if (value === null || value === undefined || value === false) return [];
    if (!/^[a-z][a-z-]*$/.test(name) || /^(on|style$|srcdoc$)/.test(name))
      throw new Error(`"${name}" is no attribute for a page`);
    if (value === true) return name;
    return `${name}="${escape(urlAttributes.has(name) ? safeLink(String(value)) : String(value))}"`;
  });
  return new Markup(texts.join(' '));
}

function textAt(place: Place, part: Part): string {
  if (place.kind === 'text') return textOf(part);
  if (place.kind === 'attribute') {
    if (part instanceof Markup) throw new Error('markup cannot stand in an attribute');
    const value = part === null || part === false ? '' : String(part);
    return escape(place.isLink ? safeLink(value) : value);
  }
  return markupOf(part);
}

function textOf(part: Part): string {
  if (part === null || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escape(String(part));
  return part.map(textOf).join('');
}

function markupOf(part: Part): string {
  if (part === null || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string' || typeof part === 'number')
    throw new Error('only markup can stand between attributes, in scripts and in styles');
  return part.map(markupOf).join('');
}

/** An address that would run something becomes one that leads nowhere. */
const safeLink = (address: string): string => (isSafeLink(address) ? address : 'about:invalid');

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character]!);
