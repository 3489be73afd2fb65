import type { Transaction } from '../platform/database/transaction.js';
import type { ConsumedToken, NewVerificationToken, VerificationTokenType } from './verification-token.js';

export async function issueToken(tx: Transaction, token: NewVerificationToken): Promise<string> {
  const row = await tx.queryOne<{ token: string }>('select issue_token($1, $2, $3, $4, $5, $6) as token', [
    tx.organizationId,
    token.type,
    token.userId ?? null,
    token.subjectId ?? null,
    JSON.stringify(token.payload ?? {}),
    token.mailId ?? null,
  ]);
  return row!.token;
}

export async function checkToken(
  tx: Transaction,
  type: VerificationTokenType,
  token: string,
): Promise<boolean> {
  const row = await tx.queryOne<{ is_valid: boolean }>('select check_token($1, $2, $3) as is_valid', [
    tx.organizationId,
    type,
    token,
  ]);
  return row!.is_valid;
}

export function consumeToken(
  tx: Transaction,
  type: VerificationTokenType,
  token: string,
): Promise<ConsumedToken | null> {
  return tx.queryOne<ConsumedToken>(
    `select token_id as id, user_id as "userId", subject_id as "subjectId", payload from consume_token($1, $2, $3)`,
    [tx.organizationId, type, token],
  );
}

export async function endTokens(
  tx: Transaction,
  userId: string,
  types: readonly VerificationTokenType[] | null,
): Promise<number> {
  const row = await tx.queryOne<{ ended: number }>('select end_tokens($1, $2, $3) as ended', [
    tx.organizationId,
    userId,
    types,
  ]);
  return row!.ended;
}

export async function mailTemplateOf(tx: Transaction, type: VerificationTokenType): Promise<string> {
  const row = await tx.queryOne<{ template: string }>('select token_mail_template($1, $2) as template', [
    tx.organizationId,
    type,
  ]);
  return row!.template;
}
