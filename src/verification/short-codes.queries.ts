import type { Transaction } from '../platform/database/transaction.js';
import type { CodeType } from './token-types.rules.js';

export async function codeLengthOf(tx: Transaction, type: string): Promise<number | null> {
  const row = await tx.queryOne<{ length: number | null }>('select token_code_length($1, $2) as length', [
    tx.organizationId,
    type,
  ]);
  return row!.length;
}

/** @returns for how many seconds the code lives; null for a token that is not alive */
export async function addTokenCode(
  tx: Transaction,
  type: string,
  token: string,
  codeHash: Buffer,
): Promise<number | null> {
  const row = await tx.queryOne<{ seconds: number | null }>(
    'select extract(epoch from add_token_code($1, $2, $3, $4))::double precision as seconds',
    [tx.organizationId, type, token, codeHash],
  );
  return row!.seconds;
}

/** @returns the token's id for the right code; a wrong one is counted */
export async function checkCode(
  tx: Transaction,
  type: CodeType,
  userId: string | null,
  codeHashes: readonly Buffer[],
): Promise<string | null> {
  const row = await tx.queryOne<{ id: string | null }>('select check_code($1, $2, $3, $4) as id', [
    tx.organizationId,
    type,
    userId,
    codeHashes,
  ]);
  return row!.id;
}

/** @returns a token in the place of the link's for the right code; a wrong one is counted */
export async function redeemCode(
  tx: Transaction,
  type: CodeType,
  userId: string | null,
  codeHashes: readonly Buffer[],
): Promise<string | null> {
  const row = await tx.queryOne<{ token: string | null }>('select redeem_code($1, $2, $3, $4) as token', [
    tx.organizationId,
    type,
    userId,
    codeHashes,
  ]);
  return row!.token;
}
