import { randomBytes } from 'node:crypto';
import type { Received } from '../support/http-exchange.js';
import type { TestApp, TestOrganization } from '../support/test-app.js';
import { Browser } from './browser.js';

interface Form {
  readonly address: string;
  readonly isMultipart: boolean;
  readonly fields: Record<string, string>;
}

/** A browser without JavaScript on the pages of an account, which have many forms. */
export class AccountBrowser extends Browser {
  constructor(
    app: TestApp,
    readonly organization: TestOrganization,
    token: string | null,
    language?: string,
  ) {
    super(app, language);
    if (token !== null) this.withCookie(`tenantry-session-${organization.slug}`, token);
  }

  /** A page of the account, by what follows `/account` in its address. */
  open(path = ''): Promise<Received> {
    return this.get(`/o/${this.organization.slug}/account${path}`);
  }

  /** Fills in the form of a page that does this, and sends it; the first one of many that have these values. */
  press(
    page: Received,
    action: string,
    typed: Record<string, string> = {},
    having: Record<string, string> = {},
  ): Promise<Received> {
    const form = formsIn(page).find(({ fields }) =>
      Object.entries({ ...having, action }).every(([name, value]) => fields[name] === value),
    );
    if (form === undefined) throw new Error(`the page has no form "${action}": ${page.text}`);
    const body = new URLSearchParams({ ...form.fields, ...typed }).toString();
    return this.send('POST', form.address, { 'sec-fetch-site': 'same-origin' }, body);
  }

  signOut(page: Received): Promise<Received> {
    const form = formsIn(page).find(({ address }) => address.endsWith('/sign-out'))!;
    const body = new URLSearchParams(form.fields).toString();
    return this.send('POST', form.address, { 'sec-fetch-site': 'same-origin' }, body);
  }

  /** Sends the one form of a page that takes a file. */
  upload(page: Received, file: Buffer, name = 'picture.png'): Promise<Received> {
    const form = formsIn(page).find(({ isMultipart }) => isMultipart)!;
    const boundary = `----${randomBytes(12).toString('hex')}`;
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`;
    const body = Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]);
    const type = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    return this.send('POST', form.address, { 'sec-fetch-site': 'same-origin', ...type }, body);
  }

  /** Goes where a form has led. */
  follow(answer: Received): Promise<Received> {
    if (answer.status !== 303) throw new Error(`expected a redirect, got ${answer.status}: ${answer.text}`);
    return this.send('GET', answer.headers['location']!, { 'sec-fetch-site': 'same-origin' });
  }
}

/** What a reader sees, without what it is made of. */
export function textOf({ text }: Received): string {
  const seen = text.replace(/<(style|script|head)\b.*?<\/\1>/gs, ' ').replace(/<[^>]*>/g, ' ');
  return unescape(seen).replace(/\s+/g, ' ').trim();
}

/** The value that stands in a field. */
export function valueIn(page: Received, name: string): string | undefined {
  return formsIn(page).find(({ fields }) => name in fields)?.fields[name];
}

/** What is said right at a field. */
export function errorAt({ text }: Received, name: string): string | undefined {
  const error = new RegExp(`<p class="error" id="${name}-error">(.*?)</p>`, 's').exec(text)?.[1];
  const described = new RegExp(`aria-describedby="[^"]*\\b${name}-error\\b[^"]*"`).test(text);
  if (error === undefined) return undefined;
  if (!described) throw new Error(`nothing leads from the field "${name}" to its error`);
  return unescape(error.replace(/<[^>]*>/g, ' ')).trim();
}

function formsIn({ text }: Received): Form[] {
  return [...text.matchAll(/<form method="post" action="([^"]*)"([^>]*)>(.*?)<\/form>/gs)].map(
    ([, address, others, content]) => ({
      address: unescape(address!),
      isMultipart: others!.includes('multipart/form-data'),
      fields: Object.fromEntries([...inputsIn(content!), ...selectsIn(content!)]),
    }),
  );
}

function inputsIn(content: string): [string, string][] {
  return [...content.matchAll(/<input\b[^>]*>/g)]
    .map(([input]) => input)
    .filter((input) => !/type="(checkbox|file)"/.test(input))
    .map((input) => [attribute(input, 'name'), attribute(input, 'value')]);
}

function selectsIn(content: string): [string, string][] {
  return [...content.matchAll(/<select\b([^>]*)>(.*?)<\/select\s*>/gs)].map(([, own, options]) => {
    const chosen = /<option\b([^>]*\bselected\b[^>]*)>/.exec(options!)?.[1];
    return [attribute(own!, 'name'), chosen === undefined ? '' : attribute(chosen, 'value')];
  });
}

function attribute(tag: string, name: string): string {
  return unescape(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
}

function unescape(text: string): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => characters[name]!);
}
