import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../config/config.js';
import type { Config } from '../config/settings.js';

/** The pages behind the links in mails, by the type of the token that they take. */
const linkPages: Readonly<Record<string, string | undefined>> = {
  email_verification: 'verify-email',
  password_reset: 'password-reset',
  email_change: 'email-change',
  magic_link: 'magic-link',
  invitation: 'invitation',
};

/** The only place that computes addresses and cookie names; an organization may get its own domain one day. */
@Injectable()
export class PublicAddresses {
  #origin: string;

  constructor(@Inject(CONFIG) { server }: Config) {
    const host = ['0.0.0.0', '::'].includes(server.host) ? 'localhost' : server.host;
    this.#origin = server.publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`;
    this.#isFixed = server.publicUrl !== null;
  }

  readonly #isFixed: boolean;

  /** With `PORT=0` the port is known only once the server listens. */
  listensOn(port: number): void {
    if (this.#isFixed) return;
    const url = new URL(this.#origin);
    url.port = String(port);
    this.#origin = url.origin;
  }

  get origin(): string {
    return this.#origin;
  }

  get isSecure(): boolean {
    return this.#origin.startsWith('https:');
  }

  get documentation(): string {
    return `${this.#origin}/docs`;
  }

  /** Of an image; `link` is sealed and names no id in clear. */
  media(link: string): string {
    return `${this.#origin}/media/${link}`;
  }

  setup(token: string): string {
    return `${this.#origin}/setup?token=${token}`;
  }

  /** Of the page behind a link in a mail. @throws Error for a type of token that no page takes */
  link(organizationSlug: string, tokenType: string, token: string): string {
    const page = linkPages[tokenType];
    if (page === undefined) throw new Error(`no page takes a token of the type "${tokenType}"`);
    return `${this.#origin}/o/${organizationSlug}/${page}?token=${token}`;
  }

  /** Of an organization as an OpenID Connect issuer; everything that belongs to it begins with this. */
  issuer(organizationSlug: string): string {
    return `${this.#origin}/o/${organizationSlug}`;
  }

  /** The page on which somebody goes on with what an application has sent them for. */
  interaction(organizationSlug: string, page: 'sign-in' | 'consent', id: string): string {
    return `${this.issuer(organizationSlug)}/${page}?interaction=${id}`;
  }

  /** Where every provider of the organization sends people back to; it is registered there. */
  providerCallback(organizationSlug: string): string {
    return `${this.issuer(organizationSlug)}/providers/callback`;
  }

  /** Sends people to a provider. */
  providerStart(organizationSlug: string, provider: string): string {
    return `${this.issuer(organizationSlug)}/providers/${provider}/start`;
  }

  /** `__Host-` keeps other hosts of the domain from setting it (RFC 6265bis, section 4.1.3.2); it needs TLS. */
  sessionCookie(organizationSlug: string): string {
    return `${this.isSecure ? '__Host-' : ''}tenantry-session-${organizationSlug}`;
  }

  /** The secret of a link in a mail, on its way from the address into the page. */
  linkCookie(page: string): string {
    return `${this.isSecure ? '__Host-' : ''}tenantry-link-${page}`;
  }

  get browserCookie(): string {
    return `${this.isSecure ? '__Host-' : ''}tenantry-browser`;
  }

  /** What the protocol keeps in the browser between two pages. */
  protocolCookie(organizationSlug: string): string {
    return `${this.isSecure ? '__Host-' : ''}tenantry-oidc-${organizationSlug}`;
  }

  deviceCookie(organizationSlug: string): string {
    return `${this.isSecure ? '__Host-' : ''}tenantry-device-${organizationSlug}`;
  }
}
