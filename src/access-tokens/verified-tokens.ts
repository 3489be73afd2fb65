import { Injectable } from '@nestjs/common';
import type { UnverifiedToken } from './token-reading.rules.js';

/** A token whose signature was verified with a key of this set. Nothing here says that it is alive. */
export interface VerifiedToken extends Pick<UnverifiedToken, 'kid' | 'slug' | 'claims'> {
  readonly organizationId: string;
  /** Of the keys; another one means that the key may be gone. */
  readonly version: string;
}

/** One takes 8 KB at most. */
const mostTokens = 1_000;

/**
 * Tokens come again and again while they live, and a signature that was right stays right: checking it anew would cost more
 * than all the rest of a request (about 0.1 ms for ES256). Kept by the whole text.
 */
@Injectable()
export class VerifiedTokens {
  readonly #tokens = new Map<string, VerifiedToken>();

  get(text: string): VerifiedToken | undefined {
    const token = this.#tokens.get(text);
    // What was used last stands last.
    if (token !== undefined) this.keep(text, token);
    return token;
  }

  keep(text: string, token: VerifiedToken): void {
    this.#tokens.delete(text);
    this.#tokens.set(text, token);
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size > mostTokens) this.#tokens.delete(oldest!);
  }

  forget(text: string): void {
    this.#tokens.delete(text);
  }
}
