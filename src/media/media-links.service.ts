import { Injectable } from '@nestjs/common';
import { Keyring } from '../platform/crypto/keyring.js';
import type { Transaction } from '../platform/database/transaction.js';
import { PublicAddresses } from '../platform/http/public-addresses.js';
import { MediaLinkSeal, type MediaReference } from './media-link.js';
import { findLogo, findPictures } from './media.queries.js';

/** The addresses of images, for views of others: steps in their transactions. */
@Injectable()
export class MediaLinks {
  readonly #seal: MediaLinkSeal;

  constructor(
    keyring: Keyring,
    private readonly addresses: PublicAddresses,
  ) {
    this.#seal = new MediaLinkSeal(keyring);
  }

  /** Of each of these users who has a picture; one statement. */
  async picturesOf(tx: Transaction, userIds: readonly string[]): Promise<Map<string, string>> {
    const pictures = await findPictures(tx, userIds);
    return new Map(pictures.map(({ user_id, media_id }) => [user_id, this.addressOf(tx, media_id)]));
  }

  /** Of the organization's logo, or null. */
  async logo(tx: Transaction): Promise<string | null> {
    const logo = await findLogo(tx);
    return logo === null ? null : this.addressOf(tx, logo.media_id);
  }

  /** Of an image of the transaction's organization; the same one each time. */
  addressOf(tx: Pick<Transaction, 'organizationId'>, mediaId: string): string {
    return this.addresses.media(this.#seal.seal({ organizationId: tx.organizationId, mediaId }));
  }

  /** What the last part of an address stands for; null for what this server has not made. */
  read(link: string): MediaReference | null {
    return this.#seal.open(link);
  }
}
