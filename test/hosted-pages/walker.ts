import type { Received } from '../support/http-exchange.js';
import type { TestApp } from '../support/test-app.js';

interface Cookie {
  readonly value: string;
  readonly path: string;
}

/** Where somebody is: a page, and its address. */
export interface Place extends Received {
  readonly address: string;
}

/**
 * A person with a browser without JavaScript: it follows redirects on this server, keeps cookies with their paths, and
 * presses the buttons that it sees.
 */
export class Walker {
  readonly #cookies = new Map<string, Cookie>();

  constructor(
    private readonly app: TestApp,
    private readonly language?: string,
  ) {}

  cookie(name: string): string | undefined {
    return this.#cookies.get(name)?.value;
  }

  get cookieNames(): string[] {
    return [...this.#cookies.keys()];
  }

  keep(name: string, value: string, path = '/'): this {
    this.#cookies.set(name, { value, path });
    return this;
  }

  forget(name: string): this {
    this.#cookies.delete(name);
    return this;
  }

  /** Another browser with the same cookies, as if they had been stolen. */
  twin(): Walker {
    const twin = new Walker(this.app, this.language);
    for (const [name, { value, path }] of this.#cookies) twin.keep(name, value, path);
    return twin;
  }

  /** Goes to an address, and to where it leads on this server. */
  async open(address: string): Promise<Place> {
    return this.follow(await this.send('GET', address, { 'sec-fetch-site': 'none' }));
  }

  /** Presses the button that says this, after typing into its form. */
  async press(page: Received, label: string, typed: Record<string, string> = {}): Promise<Place> {
    const form = formWith(page, label);
    return this.follow(await this.post(form.action, { ...form.fields, ...typed }));
  }

  /** The same without going anywhere. */
  pressOnly(page: Received, label: string, typed: Record<string, string> = {}): Promise<Place> {
    const form = formWith(page, label);
    return this.post(form.action, { ...form.fields, ...typed });
  }

  post(
    address: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Place> {
    const body = new URLSearchParams(fields).toString();
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.send('POST', address, { 'sec-fetch-site': 'same-origin', ...type, ...headers }, body);
  }

  async send(
    method: string,
    address: string,
    headers: Record<string, string> = {},
    body?: string,
  ): Promise<Place> {
    const url = new URL(address, this.app.origin);
    const cookie = [...this.#cookies]
      .filter(([, { path }]) => url.pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    const received = await this.app.exchange.send({
      method,
      path: url.pathname + url.search,
      headers: {
        ...(this.language !== undefined && { 'accept-language': this.language }),
        ...(cookie !== '' && { cookie }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
    for (const set of received.cookies) this.take(set);
    return { ...received, address: url.pathname + url.search };
  }

  private async follow(place: Place): Promise<Place> {
    let here = place;
    for (let hops = 0; hops < 10; hops++) {
      const { location } = here.headers;
      if (here.status < 300 || here.status > 399 || location === undefined) return here;
      const url = new URL(location, new URL(here.address, this.app.origin));
      // Another site: somebody else's page.
      if (url.origin !== this.app.origin) return here;
      here = await this.send('GET', url.href, { 'sec-fetch-site': 'same-origin' });
    }
    throw new Error(`${here.address} leads round in circles`);
  }

  private take(set: string): void {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(set)!;
    const path = /;\s*path=([^;]+)/i.exec(set)?.[1] ?? '/';
    const expires = /;\s*expires=([^;]+)/i.exec(set)?.[1];
    const isGone = value === '' || (expires !== undefined && Date.parse(expires) < Date.now());
    if (isGone) this.#cookies.delete(name!);
    else this.#cookies.set(name!, { value: value!, path });
  }
}

interface SeenForm {
  readonly action: string;
  readonly fields: Record<string, string>;
}

export function formWith({ text }: Received, label: string): SeenForm {
  for (const [, action, content] of text.matchAll(
    /<form method="post" action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g,
  )) {
    const buttons = [...content!.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/g)];
    const pressed = buttons.find(([, , inside]) => unescaped(textOf(inside!)) === label);
    if (pressed === undefined) continue;
    const inputs = [...content!.matchAll(/<input\b[^>]*>/g)].map(([input]) => input);
    const name = attributeOf(pressed[1]!, 'name');
    return {
      action: unescaped(action!),
      fields: {
        ...Object.fromEntries(
          inputs.map((input) => [attributeOf(input, 'name'), attributeOf(input, 'value')]),
        ),
        ...(name !== '' && { [name]: attributeOf(pressed[1]!, 'value') }),
      },
    };
  }
  throw new Error(`nothing to press says "${label}" on this page: ${text}`);
}

/** Where the link leads that says this. */
export function linkOn({ text }: Received, label: string): string {
  for (const [, attributes, inside] of text.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a>/g))
    if (unescaped(textOf(inside!)) === label) return attributeOf(attributes!, 'href');
  throw new Error(`no link says "${label}" on this page: ${text}`);
}

/** What a person reads. */
export const readingOf = ({ text }: Received): string =>
  unescaped(textOf(/<body[\s\S]*<\/body>/.exec(text)?.[0] ?? text)).replace(/\s+/g, ' ');

const textOf = (markup: string): string => markup.replace(/<[^>]*>/g, '').trim();

const attributeOf = (tag: string, name: string): string =>
  unescaped(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '');

function unescaped(text: string): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => characters[name]!);
}
