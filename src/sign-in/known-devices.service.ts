import { Injectable } from '@nestjs/common';
import { parseToken } from '../platform/crypto/secret-token.js';
import type { Transaction } from '../platform/database/transaction.js';
import { isKnownDevice } from './known-devices.queries.js';

/** Browsers keep a cookie no longer (RFC 6265bis, section 5.5). */
export const deviceLifetimeDays = 400;

export const devicesOfOneUser = 20;

/** A device on which this very user has signed in before. */
export interface KnownDevice {
  readonly token: string;
  readonly tokenHash: Buffer;
}

/**
 * Devices that signed in before. They prove nothing by themselves; guesses from them are counted on their own, so that
 * whoever guesses elsewhere cannot keep the owner out.
 */
@Injectable()
export class KnownDevices {
  /** The device that a token stands for, if that user has signed in on it. */
  async find(tx: Transaction, userId: string | null, token: string | null): Promise<KnownDevice | null> {
    const reference = token === null ? null : parseToken('device', token);
    if (token === null || reference === null || reference.organizationId !== tx.organizationId) return null;
    const { tokenHash } = reference;
    return (await isKnownDevice(tx, userId, tokenHash, deviceLifetimeDays)) ? { token, tokenHash } : null;
  }
}
