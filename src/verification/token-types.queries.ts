import type { Transaction } from '../platform/database/transaction.js';
import type { ConfigurableType, TokenTypeSettings } from './token-types.rules.js';

export interface TokenTypeRow {
  type: ConfigurableType;
  default_seconds: number;
  max_seconds: number;
  default_template: string;
  lifetime_seconds: number | null;
  mail_template: string | null;
  code_length: number | null;
  updated_at: Date | null;
  updated_by: string | null;
}

/** The product's types with what the organization says of them. */
export function listTokenTypes(tx: Transaction, types: readonly ConfigurableType[]): Promise<TokenTypeRow[]> {
  return tx.query<TokenTypeRow>(
    `select k.type, k.default_seconds, k.max_seconds, k.mail_template as default_template,
            t.lifetime_seconds, t.mail_template, t.code_length, t.updated_at, t.updated_by
       from verification_token_kinds() k
       left join verification_token_types t on t.org_id = $1 and t.type = k.type
      where k.type = any ($2) order by array_position($2::text[], k.type)`,
    [tx.organizationId, types],
  );
}

/** Makes changes of one type wait for each other, also where there is no row to lock yet. */
export async function lockTokenType(tx: Transaction, type: ConfigurableType): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('token type ' || $1 || ' ' || $2, 0))`, [
    tx.organizationId,
    type,
  ]);
}

/** Without settings of its own the organization has no row. */
export async function saveTokenType(
  tx: Transaction,
  type: ConfigurableType,
  { lifetimeSeconds, mailTemplate, codeLength }: TokenTypeSettings,
  actorId: string,
): Promise<void> {
  if (lifetimeSeconds === null && mailTemplate === null && codeLength === null) {
    await tx.query('delete from verification_token_types where org_id = $1 and type = $2', [
      tx.organizationId,
      type,
    ]);
    return;
  }
  await tx.query(
    `insert into verification_token_types (org_id, type, lifetime_seconds, mail_template, code_length, created_by, updated_by)
     values ($1, $2, $3, $4, $5, $6, $6)
     on conflict (org_id, type) do update
        set lifetime_seconds = excluded.lifetime_seconds, mail_template = excluded.mail_template,
            code_length = excluded.code_length, updated_by = excluded.updated_by`,
    [tx.organizationId, type, lifetimeSeconds, mailTemplate, codeLength, actorId],
  );
}
