import '@fastify/cookie';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PublicAddresses } from './public-addresses.js';

/** So long a page that a link led to can be reloaded. */
const linkMilliseconds = 30 * 60_000;

/** The cookies of browsers: one session an organization, one name for a device that signed in before, and one for itself. */
@Injectable()
export class SessionCookies {
  constructor(@Inject(PublicAddresses) private readonly addresses: PublicAddresses) {}

  /** The session token for that organization; without a name only if the browser holds just one. */
  read(request: FastifyRequest, organizationSlug: string | null): string | null {
    if (request.headers.cookie === undefined) return null;
    if (organizationSlug !== null)
      return request.cookies[this.addresses.sessionCookie(organizationSlug)] ?? null;
    const prefix = this.addresses.sessionCookie('');
    const tokens = Object.entries(request.cookies).filter(([name]) => name.startsWith(prefix));
    return tokens.length === 1 ? (tokens[0]![1] ?? null) : null;
  }

  write(reply: FastifyReply, organizationSlug: string, token: string, expiresAt: Date): void {
    reply.setCookie(this.addresses.sessionCookie(organizationSlug), token, this.attributes(expiresAt));
  }

  clear(reply: FastifyReply, organizationSlug: string): void {
    reply.clearCookie(this.addresses.sessionCookie(organizationSlug), this.attributes());
  }

  /** Every device token that the browser holds, of whatever organization. */
  readDevices(request: FastifyRequest): string[] {
    const prefix = this.addresses.deviceCookie('');
    return Object.entries(request.cookies ?? {}).flatMap(([name, token]) =>
      name.startsWith(prefix) && token !== undefined ? [token] : [],
    );
  }

  readDevice(request: FastifyRequest, organizationSlug: string): string | null {
    return request.cookies[this.addresses.deviceCookie(organizationSlug)] ?? null;
  }

  writeDevice(reply: FastifyReply, organizationSlug: string, token: string, expiresAt: Date): void {
    reply.setCookie(this.addresses.deviceCookie(organizationSlug), token, this.attributes(expiresAt));
  }

  /** What tells this browser from others while it is open, whoever uses it. */
  readBrowser(request: FastifyRequest): string | null {
    return request.cookies?.[this.addresses.browserCookie] ?? null;
  }

  writeBrowser(reply: FastifyReply, name: string): void {
    reply.setCookie(this.addresses.browserCookie, name, this.attributes());
  }

  /** The same as a header, for an answer that is not Fastify's. */
  browserHeader({ server }: FastifyReply, name: string): string {
    return server.serializeCookie(this.addresses.browserCookie, name, this.attributes());
  }

  /** The secret of the link that somebody has followed to a page; see `writeLink`. */
  readLink(request: FastifyRequest, page: string): string | null {
    return request.cookies?.[this.addresses.linkCookie(page)] ?? null;
  }

  /** Takes a secret out of the address, so that it stands neither in the history nor on a shared screen. */
  writeLink(reply: FastifyReply, page: string, token: string): void {
    const expires = new Date(Date.now() + linkMilliseconds);
    reply.setCookie(this.addresses.linkCookie(page), token, this.attributes(expires));
  }

  /** What a browser keeps of a sign-in. The session's cookie outlasts idle ends, which move with every use. */
  writeSignIn(
    reply: FastifyReply,
    signedIn: {
      organizationSlug: string;
      token: string;
      endsAt: Date;
      device: { token: string; endsAt: Date } | null;
    },
  ): void {
    const { organizationSlug, token, endsAt, device } = signedIn;
    this.write(reply, organizationSlug, token, endsAt);
    if (device !== null) this.writeDevice(reply, organizationSlug, device.token, device.endsAt);
  }

  /** Browsers say where a request comes from (Fetch Metadata); older ones send `Origin` with every change. */
  isSameOrigin(request: FastifyRequest): boolean {
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined) return site === 'same-origin' || site === 'none';
    const { origin } = request.headers;
    return origin === undefined || origin === this.addresses.origin;
  }

  private attributes(expires?: Date) {
    return {
      path: '/',
      httpOnly: true,
      sameSite: 'lax' as const,
      secure: this.addresses.isSecure,
      ...(expires && { expires }),
    };
  }
}
