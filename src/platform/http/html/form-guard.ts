import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Keyring } from '../../crypto/keyring.js';
import { Problem } from '../../problems/problem.js';
import { crossSiteRequest } from '../../problems/problems.js';
import { SessionCookies } from '../session-cookies.js';

const purpose = 'forms';
const saltBytes = 12;
const browserPattern = /^[\w-]{43}$/;

/** The form was made for another browser, or the browser has not kept its cookie: it can be shown and sent again. */
export class StaleForm extends Problem {
  constructor() {
    super(crossSiteRequest, { detail: 'The form does not belong to this browser' });
  }
}

/**
 * Keeps other sites from sending our forms in somebody's name. Two locks: browsers say where a request comes from, and
 * each form bears a signature over a name that the browser alone holds, in a cookie. Each signature reads differently,
 * so that nobody guesses it from how well a page compresses.
 */
@Injectable()
export class FormGuard {
  /** A page may have many forms, and its browser gets one name. */
  readonly #named = new WeakMap<FastifyRequest, string>();

  constructor(
    private readonly keyring: Keyring,
    private readonly cookies: SessionCookies,
  ) {}

  /** For a form of this page. A browser without a name gets one. */
  seal(request: FastifyRequest, reply: FastifyReply, scope: string): string {
    const salt = randomBytes(saltBytes);
    const key = this.keyring.derive(purpose);
    return Buffer.concat([salt, signature(key, this.nameOf(request, reply), scope, salt)]).toString(
      'base64url',
    );
  }

  /** What makes this browser differ from others, for what must not be finished in another one; null before its first form. */
  browserOf(request: FastifyRequest): string | null {
    const name = this.#named.get(request) ?? this.cookies.readBrowser(request);
    return name !== null && browserPattern.test(name) ? name : null;
  }

  /** @throws Problem `cross_site_request` */
  requireSameOrigin(request: FastifyRequest): void {
    if (!this.cookies.isSameOrigin(request)) throw new Problem(crossSiteRequest);
  }

  /** @throws Problem `cross_site_request`, and of these `StaleForm` where nothing says that another site is behind it */
  require(request: FastifyRequest, scope: string, seal: string): void {
    this.requireSameOrigin(request);
    if (!this.hasMade(request, scope, seal)) throw new StaleForm();
  }

  /** Whether the seal was made for this browser, whoever leads it here: for what a page says, and never for what it does. */
  hasMade(request: FastifyRequest, scope: string, seal: string): boolean {
    const browser = this.browserOf(request);
    const bytes = Buffer.from(seal, 'base64url');
    const salt = bytes.subarray(0, saltBytes);
    const given = bytes.subarray(saltBytes);
    return (
      browser !== null &&
      this.keyring.deriveAll(purpose).some((key) => {
        const made = signature(key, browser, scope, salt);
        return made.length === given.length && timingSafeEqual(made, given);
      })
    );
  }

  private nameOf(request: FastifyRequest, reply: FastifyReply): string {
    const known = this.browserOf(request);
    if (known !== null) return known;
    const name = randomBytes(32).toString('base64url');
    this.#named.set(request, name);
    this.cookies.writeBrowser(reply, name);
    return name;
  }
}

function signature(key: Buffer, browser: string, scope: string, salt: Buffer): Buffer {
  return createHmac('sha256', key).update(salt).update(browser).update('\n').update(scope).digest();
}
