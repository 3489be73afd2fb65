/** As much of MIME (RFC 2045 to 2047) as a mail of this product has. */

/** The headers of a mail, names in lower case, unfolded and decoded. */
export function headersOf(source: string): Record<string, string> {
  const [head = ''] = source.split(/\r?\n\r?\n/, 1);
  const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim())];
    }),
  );
}

/** The text and the page of a mail. */
export function bodiesOf(source: string): { text: string; html: string | null } {
  const parts = leavesOf(source);
  const bodyOf = (type: string): string | undefined =>
    parts.find((part) => (headersOf(part)['content-type'] ?? '').startsWith(type));
  const text = bodyOf('text/plain');
  const html = bodyOf('text/html');
  return {
    text: text === undefined ? '' : contentOf(text),
    html: html === undefined ? null : contentOf(html),
  };
}

function leavesOf(source: string): string[] {
  const boundary = /boundary="?([^";]+)"?/i.exec(headersOf(source)['content-type'] ?? '')?.[1];
  if (boundary === undefined) return [source];
  const parts = source.split(`--${boundary}`).slice(1, -1);
  return parts.map((part) => part.replace(/^\r?\n|\r?\n$/g, '')).flatMap(leavesOf);
}

function contentOf(part: string): string {
  const body = part.slice(part.search(/\r?\n\r?\n/)).replace(/^\r?\n\r?\n/, '');
  const encoding = (headersOf(part)['content-transfer-encoding'] ?? '').toLowerCase();
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  if (encoding === 'quoted-printable') return decodeQuoted(body.replace(/=\r?\n/g, ''));
  return body;
}

function decodeQuoted(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString().replaceAll('\r\n', '\n');
}

function decodeWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString()
        : decodeQuoted(word.replaceAll('_', ' ')),
    );
}
