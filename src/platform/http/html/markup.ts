/** Text that is HTML already. Only `html` makes it, so whatever else comes into a page is escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = Markup | string | null | readonly Part[];

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** HTML with whatever is put into it escaped, unless it is markup itself. Attributes stand in double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const text = strings
    .map((string, index) => (index === 0 ? '' : textOf(parts[index - 1]!)) + string)
    .join('');
  return new Markup(text);
}

function textOf(part: Part): string {
  if (part === null) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string') return part.replace(/[&<>"']/g, (character) => escapes[character]!);
  return part.map(textOf).join('');
}
