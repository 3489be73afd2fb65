/** Where a link may stand in a text: at a beginning, so that it is the address, and no part of somebody else's. */
const beginsHere = /(?:^|[\s(<>:"'])$/;

/** What may stand around a code: it shall be no part of an address, which would take it elsewhere with one click. */
const codeBeginsHere = /(?:^|[\s(>"'“„«]|&nbsp;)$/;
const codeEndsHere = /^(?:$|[\s<)"'”“»]|&nbsp;|[.,;:!?](?:$|[\s<]))/;

/**
 * HTML in which every reader sees the same tags: values in quotes, no `<` or `>` in them, in comments or in style sheets.
 * Anything looser is read differently from one mail program to the next, and hides a link from whoever looks for it.
 */
const piece = new RegExp(
  [
    '(?<style><style(?:\\s[^<>]*)?>[^<]*</style\\s*>)',
    '(?<comment><!--(?!-?>)(?:(?!--)[^<])*-->|<!doctype[^<>"\']*>)',
    '(?<tag></?(?!(?:style|script)[\\s/>])[a-z][a-z0-9]*(?:\\s+[^\\s"\'<>=/]+(?:\\s*=\\s*(?:"[^"<>]*"|\'[^\'<>]*\'))?)*\\s*/?>)',
    '(?<text>[^<]+)',
  ].join('|'),
  'giy',
);

/** Text with the link in place of what stood for it; null where that stood in the middle of another address. */
export function placeInText(text: string, standIn: string, link: string): string | null {
  const parts = text.split(standIn);
  const isClean = parts.slice(0, -1).every((before) => beginsHere.test(before.slice(-1)));
  return isClean ? parts.join(link) : null;
}

/** Text with the code in place of what stood for it; null where that was part of something else. */
export function placeCodeInText(text: string, standIn: string, code: string): string | null {
  const parts = text.split(standIn);
  const isClean = parts.every((part, index) => {
    const [isFirst, isLast] = [index === 0, index === parts.length - 1];
    if (part === '') return isFirst || isLast;
    return (
      (isFirst || codeEndsHere.test(part.slice(0, 6))) && (isLast || codeBeginsHere.test(part.slice(-6)))
    );
  });
  return isClean ? parts.join(code) : null;
}

/**
 * The same for HTML: the link is the whole of a `href`, or text. Anywhere else, in the address of a picture say, it would
 * go to another server as soon as the mail is opened. Null where it does, or where the HTML leaves that open.
 */
export function placeInHtml(html: string, standIn: string, link: string): string | null {
  return placeInPieces(html, standIn, ({ tag, text }) => {
    if (text !== undefined) return placeInText(text, standIn, link);
    return tag === undefined ? null : placeInTag(tag, standIn, link);
  });
}

/** A code is text, and nothing else. */
export function placeCodeInHtml(html: string, standIn: string, code: string): string | null {
  return placeInPieces(html, standIn, ({ text }) =>
    text === undefined ? null : placeCodeInText(text, standIn, code),
  );
}

function placeInPieces(
  html: string,
  standIn: string,
  place: (piece: Record<string, string | undefined>) => string | null,
): string | null {
  let placed = '';
  let end = 0;
  for (const { 0: found, groups, index } of html.matchAll(piece)) {
    end = index + found.length;
    const put = found.includes(standIn) ? place(groups!) : found;
    if (put === null) return null;
    placed += put;
  }
  return end === html.length ? placed : null;
}

function placeInTag(tag: string, standIn: string, link: string): string | null {
  const placed = tag.replaceAll(
    /(?<=\shref\s*=\s*)(["'])([^"']*)\1/gi,
    (whole, quote: string, value: string) => (value.trim() === standIn ? quote + link + quote : whole),
  );
  return placed.includes(standIn) ? null : placed;
}
