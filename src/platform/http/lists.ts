import { createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type Type } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Keyring } from '../crypto/keyring.js';
import { raiseInvalid } from '../problems/problems.js';
import { Integer, Nested, Text } from './properties.js';

export const defaultPageSize = 50;

/** What every list takes. */
export class PageQuery {
  @Integer({
    min: 1,
    max: 200,
    otherwise: defaultPageSize,
    optional: true,
    describe: 'Items on a page',
    example: 50,
  })
  limit?: number;

  @Text({ max: 1000, optional: true, describe: 'The `nextCursor` of the page before; of the same list only' })
  cursor?: string;
}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** The response class of a list of `item`. */
export function PageOf<Item extends object>(item: Type<Item>): Type<Page<Item>> {
  class PageView implements Page<Item> {
    @Nested(() => item as never, { list: true })
    items!: Item[];

    @ApiProperty({ type: String, nullable: true, description: 'Null on the last page', example: null })
    nextCursor!: string | null;
  }
  Object.defineProperty(PageView, 'name', { value: `${item.name.replace(/View$/, '')}Page` });
  return PageView;
}

/**
 * Opaque positions in a list. Each is bound to its list, organization, order and filters by a MAC: a forged or borrowed
 * one is refused before it gets near SQL.
 */
@Injectable()
export class Cursors {
  readonly #key: Buffer;

  constructor(@Inject(Keyring) keyring: Keyring) {
    this.#key = keyring.derive('list cursors');
  }

  /** @param list names the list with everything that the position depends on */
  encode(list: readonly unknown[], position: readonly (string | null)[]): string {
    const body = Buffer.from(JSON.stringify(position));
    return Buffer.concat([this.mac(list, body), body]).toString('base64url');
  }

  /** @throws Problem `invalid_request` for anything that `encode` did not make for this very list */
  decode(list: readonly unknown[], cursor: string | undefined): (string | null)[] | null {
    if (cursor === undefined) return null;
    const bytes = Buffer.from(cursor, 'base64url');
    const body = bytes.subarray(16);
    // Decoding passes over what is no base64url, so that many texts would be one cursor.
    const isOurs = bytes.length > 16 && bytes.toString('base64url') === cursor;
    if (!isOurs || !timingSafeEqual(bytes.subarray(0, 16), this.mac(list, body))) {
      return raiseInvalid([{ pointer: '/query/cursor', detail: 'belongs to no such list' }]);
    }
    return JSON.parse(body.toString()) as (string | null)[];
  }

  /** One row more than a page was read: its presence tells that there is another page. */
  page<Row>(
    rows: readonly Row[],
    limit: number,
    list: readonly unknown[],
    positionOf: (row: Row) => (string | null)[],
  ): { rows: Row[]; nextCursor: string | null } {
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      rows: shown,
      nextCursor: rows.length > limit && last !== undefined ? this.encode(list, positionOf(last)) : null,
    };
  }

  private mac(list: readonly unknown[], body: Buffer): Buffer {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify(list))
      .update('\n')
      .update(body)
      .digest()
      .subarray(0, 16);
  }
}
