import type { Received } from '../support/http-exchange.js';
import type { TestApp } from '../support/test-app.js';

/** A browser without JavaScript: it shows pages, keeps cookies, and posts the form that it sees. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  constructor(
    private readonly app: TestApp,
    private readonly language?: string,
  ) {}

  get cookieNames(): string[] {
    return [...this.#cookies.keys()];
  }

  withCookie(name: string, value: string): this {
    this.#cookies.set(name, value);
    return this;
  }

  get(path: string, method = 'GET'): Promise<Received> {
    return this.send(method, path, { 'sec-fetch-site': 'none' });
  }

  /** The same, and on to where that leads. */
  async arriveAt(path: string, method = 'GET'): Promise<Received> {
    const received = await this.get(path, method);
    const { location } = received.headers;
    return received.status === 303 && location !== undefined ? this.arriveAt(location, method) : received;
  }

  /** Posts the form of a page as it stands there, with what somebody types into it. */
  submit(
    page: Received,
    typed: Record<string, string> = {},
    headers: Record<string, string> = {},
  ): Promise<Received> {
    const form = formIn(page);
    const body = new URLSearchParams({ ...form.fields, ...typed }).toString();
    return this.send('POST', form.action, { 'sec-fetch-site': 'same-origin', ...headers }, body);
  }

  async send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string | Buffer,
  ): Promise<Received> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const received = await this.app.exchange.send({
      method,
      path,
      headers: {
        ...(this.language !== undefined && { 'accept-language': this.language }),
        ...(cookie !== '' && { cookie }),
        ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
    for (const set of received.cookies) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set)!;
      this.#cookies.set(name!, value!);
    }
    return received;
  }
}

function formIn({ text }: Received): { action: string; fields: Record<string, string> } {
  const action = /<form method="post" action="([^"]*)"/.exec(text)?.[1];
  if (action === undefined) throw new Error(`there is no form on this page: ${text}`);
  const inputs = [...text.matchAll(/<input\b[^>]*>/g)].map(([input]) => input);
  const attribute = (input: string, name: string) =>
    unescape(new RegExp(`\\b${name}="([^"]*)"`).exec(input)?.[1] ?? '');
  return {
    action: unescape(action),
    fields: Object.fromEntries(inputs.map((input) => [attribute(input, 'name'), attribute(input, 'value')])),
  };
}

function unescape(text: string): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => characters[name]!);
}
