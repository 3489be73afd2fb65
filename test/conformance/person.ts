import type { TestUser } from '../support/test-app.js';
import { Browser } from '../oidc/world.js';

/** Where somebody ends up: back at an application, or at a page that asks nothing. */
export type Arrival =
  | {
      readonly kind: 'callback';
      readonly mode: 'query' | 'form_post';
      readonly address: string;
      readonly parameters: URLSearchParams;
    }
  | { readonly kind: 'page'; readonly status: number; readonly path: string; readonly text: string };

export type Callback = Extract<Arrival, { kind: 'callback' }>;

export interface SeenPage {
  readonly name: 'sign-in' | 'consent' | 'sign-out' | 'device';
  readonly address: URL;
  readonly text: string;
}

interface Step {
  readonly address: URL;
  readonly form?: Record<string, string>;
  /** A form of another site: browsers send no `SameSite=Lax` cookie along. */
  readonly isForeign?: boolean;
}

const longestWay = 20;
const foreign = { cookie: '', origin: 'https://party.example', 'sec-fetch-site': 'cross-site' };

/** What the protocol asks, by the button that says yes. */
const questions = { logout: 'sign-out', confirm: 'device' } as const;

/**
 * Somebody with a browser, who does what the pages of this server ask for: signs in, allows, signs out,
 * connects a device. Sites of others are
 * not visited; what the browser would have sent them is the end of the way.
 */
export class Person {
  readonly browser: Browser;
  /** Every page that asked for something, in order. */
  seen: SeenPage[] = [];

  constructor(
    private readonly origin: string,
    readonly user: TestUser,
  ) {
    this.browser = new Browser(origin);
  }

  get asked(): string[] {
    return this.seen.map(({ name }) => name);
  }

  /** @param form posts it, as a page of another site would */
  async visit(address: string | URL, form?: Record<string, string>): Promise<Arrival> {
    this.seen = [];
    let step: Step = { address: new URL(address), ...(form && { form, isForeign: true }) };
    for (let way = 0; way < longestWay; way += 1) {
      const next = await this.go(step);
      if ('kind' in next) return next;
      step = next;
    }
    throw new Error(`the way from ${String(address)} leads nowhere`);
  }

  /** The same for whoever has to come back to the application. */
  async arriveFrom(address: string | URL, form?: Record<string, string>): Promise<Callback> {
    const arrival = await this.visit(address, form);
    if (arrival.kind !== 'callback') throw new Error(`stopped at ${arrival.path}: ${arrival.text}`);
    return arrival;
  }

  private async go({ address, form, isForeign = false }: Step): Promise<Step | Arrival> {
    const asking = /^\/o\/[^/]+\/(sign-in|consent)$/.exec(address.pathname)?.[1];
    if (asking !== undefined && form === undefined)
      return this.answer(asking as 'sign-in' | 'consent', address);
    const { status, location, text } = await this.browser.go(address, {
      ...(form && { form }),
      ...(isForeign && { headers: foreign }),
    });
    if (location !== undefined) return this.leave(new URL(location, address));
    const page: Arrival = { kind: 'page', status, path: address.pathname, text };
    const shown = formOf(text);
    if (shown === null) return page;
    const target = new URL(shown.action, address);
    if (isSelfSubmitting(text)) return this.leave(target, shown.fields);
    const question = Object.entries(questions).find(([button]) => text.includes(` name="${button}"`));
    if (question === undefined) return page;
    const [button, name] = question;
    this.seen.push({ name, address, text });
    return this.leave(target, { ...shown.fields, [button]: 'yes' });
  }

  private leave(address: URL, form?: Record<string, string>): Step | Arrival {
    if (address.origin === this.origin) return { address, ...(form && { form }) };
    const parameters = form ? new URLSearchParams(form) : address.searchParams;
    return {
      kind: 'callback',
      mode: form ? 'form_post' : 'query',
      address: address.origin + address.pathname,
      parameters,
    };
  }

  private async answer(name: 'sign-in' | 'consent', address: URL): Promise<Step | Arrival> {
    const { status, location, text } = await this.browser.go(address);
    if (location !== undefined) return { address: new URL(location, address) };
    const page: Arrival = { kind: 'page', status, path: address.pathname, text };
    const form = formOf(text);
    if (status !== 200 || form === null) return page;
    this.seen.push({ name, address, text });
    const typed =
      name === 'sign-in'
        ? { identifier: this.user.email, password: this.user.password, act: 'go' }
        : { decision: 'allow' };
    return { address: new URL(form.action, address), form: { ...form.fields, ...typed } };
  }
}

const isSelfSubmitting = (text: string): boolean => text.includes('.submit.call(document.forms[0])');

interface ShownForm {
  readonly action: string;
  readonly fields: Record<string, string>;
}

function formOf(text: string): ShownForm | null {
  const [, attributes, content] = /<form\b([^>]*)>([\s\S]*?)<\/form>/.exec(text) ?? [];
  if (attributes === undefined || content === undefined) return null;
  const fields = [...content.matchAll(/<input\b[^>]*>/g)].map(
    ([input]) => [attributeOf(input, 'name'), attributeOf(input, 'value')] as const,
  );
  return { action: attributeOf(attributes, 'action'), fields: Object.fromEntries(fields) };
}

const attributeOf = (tag: string, name: string): string =>
  unescaped(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '');

function unescaped(text: string): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => characters[name]!);
}
