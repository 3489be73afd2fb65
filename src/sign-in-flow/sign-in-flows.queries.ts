import type { Transaction } from '../platform/database/transaction.js';
import type { Flow, FlowState, StepName } from './sign-in-flow.types.js';

interface FlowRow {
  id: string;
  version: number;
  step: StepName;
  state: FlowState;
  user_id: string | null;
  interaction: string | null;
  return_to: string;
  expires_at: Date;
}

const columns = 'id, version, step, state, user_id, interaction, return_to, expires_at';
const isAlive = 'finished_at is null and expires_at > now()';

export interface NewFlow {
  readonly id: string;
  readonly browserHash: Buffer;
  readonly step: StepName;
  readonly state: FlowState;
  readonly userId: string | null;
  readonly interaction: string | null;
  readonly returnTo: string;
  readonly lifetimeSeconds: number;
}

/** Null where there is, or was, one of that id. */
export async function insertFlow(tx: Transaction, flow: NewFlow): Promise<Flow | null> {
  const row = await tx.queryOne<FlowRow>(
    `insert into sign_in_flows (org_id, id, browser_hash, step, state, user_id, interaction, return_to, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9))
     on conflict do nothing returning ${columns}`,
    [
      tx.organizationId,
      flow.id,
      flow.browserHash,
      flow.step,
      JSON.stringify(flow.state),
      flow.userId,
      flow.interaction,
      flow.returnTo,
      flow.lifetimeSeconds,
    ],
  );
  return row && flowOf(row);
}

/** A browser that begins over and over keeps the latest ones. */
export async function forgetOlderFlows(tx: Transaction, browserHash: Buffer, kept: number): Promise<void> {
  await tx.query(
    `delete from sign_in_flows f where f.org_id = $1 and f.id in (
       select o.id from sign_in_flows o where o.org_id = $1 and o.browser_hash = $2
        order by o.created_at desc, o.id desc offset $3 for update skip locked)`,
    [tx.organizationId, browserHash, kept],
  );
}

export async function findFlow(tx: Transaction, browserHash: Buffer, id: string): Promise<Flow | null> {
  const row = await tx.queryOne<FlowRow>(
    `select ${columns} from sign_in_flows where org_id = $1 and id = $2 and browser_hash = $3 and ${isAlive}`,
    [tx.organizationId, id, browserHash],
  );
  return row && flowOf(row);
}

/** The one that a browser began last, among those that have come to this step. */
export async function findLatestFlow(
  tx: Transaction,
  browserHash: Buffer,
  step: StepName,
): Promise<Flow | null> {
  const row = await tx.queryOne<FlowRow>(
    `select ${columns} from sign_in_flows where org_id = $1 and browser_hash = $2 and step = $3 and ${isAlive}
      order by created_at desc, id desc limit 1`,
    [tx.organizationId, browserHash, step],
  );
  return row && flowOf(row);
}

/** Of many at once who come with one version, one gets the next one. */
export async function advanceFlow(
  tx: Transaction,
  browserHash: Buffer,
  { id, version, step }: { readonly id: string; readonly version: number; readonly step: StepName },
): Promise<Flow | null> {
  const row = await tx.queryOne<FlowRow>(
    `update sign_in_flows set version = version + 1, updated_at = now()
      where org_id = $1 and id = $2 and browser_hash = $3 and version = $4 and step = $5 and ${isAlive}
      returning ${columns}`,
    [tx.organizationId, id, browserHash, version, step],
  );
  return row && flowOf(row);
}

export async function moveFlow(
  tx: Transaction,
  { id, version }: Flow,
  to: { readonly step: StepName; readonly state: FlowState; readonly userId: string | null },
): Promise<Flow | null> {
  const row = await tx.queryOne<FlowRow>(
    `update sign_in_flows set version = version + 1, step = $4, state = $5, user_id = $6, updated_at = now()
      where org_id = $1 and id = $2 and version = $3 and ${isAlive} returning ${columns}`,
    [tx.organizationId, id, version, to.step, JSON.stringify(to.state), to.userId],
  );
  return row && flowOf(row);
}

/** @returns whether this was the one that finished it */
export async function finishFlow(tx: Transaction, { id, version }: Flow): Promise<boolean> {
  const finished = await tx.query(
    `update sign_in_flows set version = version + 1, finished_at = now(), updated_at = now()
      where org_id = $1 and id = $2 and version = $3 and ${isAlive} returning 1`,
    [tx.organizationId, id, version],
  );
  return finished.length > 0;
}

/** When somebody's password was set, in full precision; null where there is none or, where a hash is given, another one. */
export async function passwordSetAt(
  tx: Transaction,
  userId: string,
  provenHash: string | null,
): Promise<string | null> {
  const row = await tx.queryOne<{ moment: string }>(
    `select password_changed_at::text as moment from users
      where org_id = $1 and id = $2 and password_hash is not null and ($3::text is null or password_hash = $3)`,
    [tx.organizationId, userId, provenHash],
  );
  return row?.moment ?? null;
}

/** The hash of the password that was set then; null where another one is set by now. */
export async function hashSetAt(tx: Transaction, userId: string, moment: string): Promise<string | null> {
  const row = await tx.queryOne<{ password_hash: string }>(
    `select password_hash from users
      where org_id = $1 and id = $2 and password_changed_at = $3::timestamptz and password_hash is not null`,
    [tx.organizationId, userId, moment],
  );
  return row?.password_hash ?? null;
}

function flowOf(row: FlowRow): Flow {
  return {
    id: row.id,
    version: row.version,
    step: row.step,
    state: row.state,
    userId: row.user_id,
    interaction: row.interaction,
    returnTo: row.return_to,
    expiresAt: row.expires_at,
  };
}
