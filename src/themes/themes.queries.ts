import type { Transaction } from '../platform/database/transaction.js';
import type { ThemeSettings } from './theme.rules.js';

export interface ThemeRow extends ThemeSettings {
  /** 0 while nothing has been set. */
  version: number;
  organizationName: string;
}

export async function findTheme(tx: Transaction): Promise<ThemeRow> {
  const row = await tx.queryOne<ThemeRow>(
    `select coalesce(t.colors, '{}') as colors, coalesce(t.texts, '{}') as texts, coalesce(t.version, 0) as version,
            o.name as "organizationName"
       from organizations o left join themes t on t.org_id = o.id where o.id = $1`,
    [tx.organizationId],
  );
  return row!;
}

/** Makes changes of the theme wait for each other, also where there is no row to lock yet. */
export async function lockTheme(tx: Transaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('theme ' || $1, 0))`, [tx.organizationId]);
}

export async function saveTheme(
  tx: Transaction,
  { colors, texts }: ThemeSettings,
  changedBy: string,
): Promise<void> {
  await tx.query(
    `insert into themes (org_id, colors, texts, created_by, updated_by) values ($1, $2, $3, $4, $4)
     on conflict (org_id) do update
        set colors = excluded.colors, texts = excluded.texts, updated_by = excluded.updated_by`,
    [tx.organizationId, JSON.stringify(colors), JSON.stringify(texts), changedBy],
  );
}
