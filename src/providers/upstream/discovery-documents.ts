import { Injectable } from '@nestjs/common';
import { UpstreamFailure } from '../upstream-failures.types.js';
import { checkDiscoveryDocument, type DiscoveryDocument } from './discovery.rules.js';
import { idTokenAlgorithms } from './id-tokens.js';
import type { Journal } from './journal.js';

const lifetimeMilliseconds = 300_000;
const most = 500;

/** The document of a provider has mistakes, and these are they. */
export class WrongDocument extends UpstreamFailure {
  constructor(readonly mistakes: readonly { readonly field: string; readonly detail: string }[]) {
    super('discovery_wrong', mistakes.map(({ field, detail }) => `${field} ${detail}`.trim()).join('; '));
  }
}

/** What providers say about themselves; kept for some minutes, where it holds. */
@Injectable()
export class DiscoveryDocuments {
  readonly #kept = new Map<string, { readonly document: DiscoveryDocument; readonly readAt: number }>();

  /** @throws UpstreamFailure */
  read(issuer: string, journal: Journal, options: { isFresh?: boolean } = {}): Promise<DiscoveryDocument> {
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    return this.readAt(address, [issuer], journal, options);
  }

  /** @param issuers of which the document must name one @throws UpstreamFailure */
  async readAt(
    address: string,
    issuers: readonly string[],
    journal: Journal,
    { isFresh = false }: { isFresh?: boolean } = {},
  ): Promise<DiscoveryDocument> {
    const key = [address, ...issuers].join(' ');
    const kept = this.#kept.get(key);
    if (!isFresh && kept !== undefined && Date.now() - kept.readAt < lifetimeMilliseconds)
      return kept.document;
    const { status, body } = await journal.readJson('discovery', address, {
      headers: { accept: 'application/json' },
    });
    if (status !== 200)
      throw new WrongDocument([{ field: '', detail: `is not there: the answer was ${status}` }]);
    const mistakes = checkDiscoveryDocument(body, issuers, idTokenAlgorithms);
    if (mistakes.length > 0) {
      const failure = new WrongDocument(mistakes);
      journal.note('discovery', false, failure.message);
      throw failure;
    }
    const document = body as unknown as DiscoveryDocument;
    this.#kept.delete(key);
    this.#kept.set(key, { document, readAt: Date.now() });
    if (this.#kept.size > most) this.#kept.delete(this.#kept.keys().next().value!);
    return document;
  }
}
