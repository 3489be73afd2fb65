/**
 * What may stand right before a link or a code in a text: nothing, or a word and what opens something, as in `Link:` and
 * `(`. Anything that an address could be made of (`https://evil.example/?q=(`) would take it elsewhere with one click,
 * since mail programs make a link of whatever looks like one.
 */
const opensWith = (marks: string): RegExp => new RegExp(`^(?:[\\p{L}\\p{M}\\p{N}-]*[${marks}]+)?$`, 'u');
const linkOpens = opensWith(`(:"'`);
const codeOpens = opensWith(`(:"'“„«`);
const codeEndsHere = /^(?:$|[\s<)"'”“»]|&nbsp;|[.,;:!?](?:$|[\s<]))/;

/** Everything since the last space. What is no space to every mail program (U+FEFF) is none here. */
function lastWord(text: string): string {
  let start = text.length;
  while (start > 0 && !/[ \t\r\n\f\u00a0\u2028\u2029<>]/.test(text[start - 1]!)) start--;
  return text.slice(start);
}

/** What HTML may not have beside a link or a code: they would go along with a form, or be read by somebody's style sheet. */
const tagsElsewhere =
  'style|script|form|button|input|textarea|select|option|link|base|iframe|frame|frameset|object|embed|xmp|plaintext';
/** Style sheets that ask for a file by what an address or a text is made of, or hide that they do. */
const stylesElsewhere = '\\\\|@import|unicode-range|\\[(?![a-z])|\\[href|\\[[a-z][\\w-]*\\|(?!=)';

/**
 * HTML in which every reader sees the same tags: values in quotes, no `<` or `>` in them, in comments or in style sheets.
 * Anything looser is read differently from one mail program to the next, and hides a link from whoever looks for it.
 */
const piece = new RegExp(
  [
    `(?<style><style(?:\\s[^<>]*)?>(?:(?!${stylesElsewhere})[^<])*</style\\s*>)`,
    '(?<comment><!--(?!-?>)(?:(?!--)[^<])*-->|<!doctype[^<>"\']*>)',
    `(?<tag></?(?!(?:${tagsElsewhere})[\\s/>])[a-z][a-z0-9]*(?:\\s+(?!ping[\\s=/>])[^\\s"'<>=/]+(?:\\s*=\\s*(?:"[^"<>]*"|'[^'<>]*'))?)*\\s*/?>)`,
    '(?<text>[^<]+)',
  ].join('|'),
  'giy',
);

/** Tags that no text goes on across. Others may vanish on the way to the reader, and comments do. */
const endsText =
  /^<\/?(?:a|p|div|table|thead|tbody|tfoot|tr|td|th|caption|h[1-6]|ul|ol|li|dl|dt|dd|br|hr|blockquote|pre|center|body|html|head|title|main|section|article|header|footer)[\s/>]/i;

/** Text with the link in place of what stood for it; null where that stood in the middle of another address. */
export function placeInText(text: string, standIn: string, link: string): string | null {
  return isLinkApart(text, standIn) ? text.replaceAll(standIn, () => link) : null;
}

/** Text with the code in place of what stood for it; null where that was part of something else. */
export function placeCodeInText(text: string, standIn: string, code: string): string | null {
  return isCodeApart(text, standIn) ? text.replaceAll(standIn, () => code) : null;
}

function isLinkApart(text: string, standIn: string): boolean {
  const before = text.split(standIn).slice(0, -1);
  return before.every((part, index) => (index === 0 || part !== '') && linkOpens.test(lastWord(part)));
}

function isCodeApart(text: string, standIn: string): boolean {
  const parts = text.split(standIn);
  return parts.every((part, index) => {
    const [isFirst, isLast] = [index === 0, index === parts.length - 1];
    if (part === '') return isFirst || isLast;
    const before = lastWord(part.replaceAll('&nbsp;', ' '));
    return (isFirst || codeEndsHere.test(part.slice(0, 6))) && (isLast || codeOpens.test(before));
  });
}

/**
 * The same for HTML: the link is the whole of a `href`, or text. Anywhere else, in the address of a picture say, it would
 * go to another server as soon as the mail is opened. Null where it does, or where the HTML leaves that open.
 */
export function placeInHtml(html: string, standIn: string, link: string): string | null {
  return placeInPieces(html, standIn, {
    isApart: (text) => isLinkApart(text, standIn),
    inText: (text) => text.replaceAll(standIn, () => link),
    inTag: (tag) => placeInTag(tag, standIn, link),
  });
}

/** A code is text, and nothing else. */
export function placeCodeInHtml(html: string, standIn: string, code: string): string | null {
  return placeInPieces(html, standIn, {
    isApart: (text) => isCodeApart(text, standIn),
    inText: (text) => text.replaceAll(standIn, () => code),
    inTag: () => null,
  });
}

interface HtmlPlaces {
  /** Judges a whole text, whatever tags and comments are in it. */
  readonly isApart: (text: string) => boolean;
  readonly inText: (text: string) => string;
  readonly inTag: (tag: string) => string | null;
}

function placeInPieces(html: string, standIn: string, { isApart, inText, inTag }: HtmlPlaces): string | null {
  let placed = '';
  let end = 0;
  let text = '';
  for (const { 0: found, groups, index } of html.matchAll(piece)) {
    end = index + found.length;
    const { tag, text: words } = groups!;
    if (words !== undefined) text += words;
    if (tag !== undefined && endsText.test(tag)) {
      if (!isApart(text)) return null;
      text = '';
    }
    const put = found.includes(standIn) ? placeIn(found, words, tag) : found;
    if (put === null) return null;
    placed += put;
  }
  return end === html.length && isApart(text) ? placed : null;

  function placeIn(found: string, words: string | undefined, tag: string | undefined): string | null {
    if (words !== undefined) return inText(found);
    return tag === undefined ? null : inTag(tag);
  }
}

function placeInTag(tag: string, standIn: string, link: string): string | null {
  const placed = tag.replaceAll(
    /(?<=\shref\s*=\s*)(["'])([^"']*)\1/gi,
    (whole, quote: string, value: string) => (value.trim() === standIn ? quote + link + quote : whole),
  );
  return placed.includes(standIn) ? null : placed;
}
