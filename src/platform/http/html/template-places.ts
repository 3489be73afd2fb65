/** Where a value stands in a template. `isLink`: it begins an address that somebody may follow or a browser load. */
export type Place =
  { readonly kind: 'text' | 'tag' | 'raw' } | { readonly kind: 'attribute'; readonly isLink: boolean };

export const urlAttributes: ReadonlySet<string> = new Set(['href', 'src', 'action', 'formaction']);

type State = 'text' | 'tag-name' | 'tag' | 'name' | 'equals' | 'value' | 'raw' | 'comment';

/**
 * A reader of HTML that knows as much as templates need. It reads what programmers wrote, never what people sent.
 *
 * @throws Error where a value would stand unprotected, and for attributes that a page's policy forbids
 */
export function placesIn(strings: readonly string[]): Place[] {
  const reader = new TemplateReader();
  return strings.slice(0, -1).map((text) => {
    reader.read(text);
    return reader.place();
  });
}

class TemplateReader {
  #state: State = 'text';
  #tag = '';
  #name = '';
  #valueLength = 0;
  #recent = '';

  read(text: string): void {
    for (const character of text) {
      this.#recent = (this.#recent + character).slice(-16);
      this.#state = this.#next(character);
    }
  }

  place(): Place {
    this.#recent = '';
    switch (this.#state) {
      case 'text':
      case 'raw':
      case 'tag':
        return { kind: this.#state };
      case 'value': {
        const isLink = urlAttributes.has(this.#name) && this.#valueLength === 0;
        this.#valueLength++;
        return { kind: 'attribute', isLink };
      }
      default:
        throw new Error(`a value cannot stand here: …${this.#tag} ${this.#name}`);
    }
  }

  #next(character: string): State {
    const isSpace = /\s/.test(character);
    switch (this.#state) {
      case 'text':
        if (character !== '<') return 'text';
        this.#tag = '';
        return 'tag-name';
      case 'tag-name':
        if (this.#recent.endsWith('<!--')) return 'comment';
        if (character === '>') return this.#content();
        if (isSpace) return 'tag';
        this.#tag += character.toLowerCase();
        return 'tag-name';
      case 'tag':
        if (character === '>') return this.#content();
        if (isSpace || character === '/') return 'tag';
        this.#name = character.toLowerCase();
        return 'name';
      case 'name':
        if (character === '=' || character === '>' || isSpace) this.#requireAllowed();
        if (character === '=') return 'equals';
        if (character === '>') return this.#content();
        if (isSpace) return 'tag';
        this.#name += character.toLowerCase();
        return 'name';
      case 'equals':
        if (character !== '"') throw new Error(`"${this.#name}" must be in double quotes`);
        this.#valueLength = 0;
        return 'value';
      case 'value':
        if (character === '"') return 'tag';
        this.#valueLength++;
        return 'value';
      case 'raw':
        return this.#recent.toLowerCase().endsWith(`</${this.#tag}>`) ? 'text' : 'raw';
      case 'comment':
        return this.#recent.endsWith('-->') ? 'text' : 'comment';
    }
  }

  #content(): State {
    return this.#tag === 'script' || this.#tag === 'style' ? 'raw' : 'text';
  }

  #requireAllowed(): void {
    if (/^(on|style$|srcdoc$)/.test(this.#name)) throw new Error(`no page has the attribute "${this.#name}"`);
  }
}

/** A place on this server, or one to which a browser goes without running anything. */
export function isSafeLink(address: string): boolean {
  // Browsers drop tabs and line ends in the middle of an address, and read `\` as `/`.
  if (/[\u0000-\u001f\u007f\\]/.test(address)) return false;
  return /^(https?:\/\/|mailto:|tel:|\/(?!\/)|[#?])/i.test(address);
}
