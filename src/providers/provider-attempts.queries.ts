import type { Transaction } from '../platform/database/transaction.js';
import type { UpstreamFailureCode } from './upstream-failures.types.js';
import type { AttemptStep } from './upstream/journal.js';

export type AttemptKind = 'sign-in' | 'link' | 'test';
export type AttemptOutcome = 'started' | 'succeeded' | 'failed';

export interface AttemptRow {
  readonly id: string;
  readonly providerId: string;
  readonly reference: string;
  readonly kind: AttemptKind;
  readonly outcome: AttemptOutcome;
  readonly failure: UpstreamFailureCode | null;
  readonly steps: readonly AttemptStep[];
  readonly result: Record<string, unknown> | null;
  readonly issuer: string | null;
  readonly subject: string | null;
  readonly userId: string | null;
  readonly ip: string | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

const columns = `id, provider_id as "providerId", reference, kind, outcome, failure, steps, result, issuer, subject,
  user_id as "userId", host(ip) as ip, created_at as "createdAt", ended_at as "endedAt"`;

export async function insertAttempt(
  tx: Transaction,
  attempt: Pick<AttemptRow, 'id' | 'providerId' | 'reference' | 'kind' | 'steps' | 'ip'>,
): Promise<void> {
  await tx.query(
    `insert into provider_attempts (org_id, id, provider_id, reference, kind, steps, ip) values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      tx.organizationId,
      attempt.id,
      attempt.providerId,
      attempt.reference,
      attempt.kind,
      JSON.stringify(attempt.steps),
      attempt.ip,
    ],
  );
}

/** While nothing has become of it. */
export async function noteAttempt(tx: Transaction, id: string, steps: readonly AttemptStep[]): Promise<void> {
  await tx.query(
    `update provider_attempts set steps = $3, updated_at = now() where org_id = $1 and id = $2 and outcome = 'started'`,
    [tx.organizationId, id, JSON.stringify(steps)],
  );
}

export interface AttemptEnd {
  readonly outcome: 'succeeded' | 'failed';
  readonly failure: UpstreamFailureCode | null;
  readonly steps: readonly AttemptStep[];
  readonly result?: Record<string, unknown> | null;
  readonly issuer?: string | null;
  readonly subject?: string | null;
  readonly userId?: string | null;
}

/** Once; what has ended stays as it is. */
export async function endAttempt(tx: Transaction, id: string, end: AttemptEnd): Promise<void> {
  await tx.query(
    `update provider_attempts
        set outcome = $3, failure = $4, steps = $5, result = $6, issuer = $7, subject = $8, user_id = $9,
            ended_at = now(), updated_at = now()
      where org_id = $1 and id = $2 and outcome = 'started'`,
    [
      tx.organizationId,
      id,
      end.outcome,
      end.failure,
      JSON.stringify(end.steps),
      end.result ? JSON.stringify(end.result) : null,
      end.issuer ?? null,
      end.subject ?? null,
      end.userId ?? null,
    ],
  );
}

/** Of a test that nobody has begun yet, for a while. */
export function findWaitingTest(
  tx: Transaction,
  id: string,
  lifetimeSeconds: number,
): Promise<AttemptRow | null> {
  return tx.queryOne<AttemptRow>(
    `select ${columns} from provider_attempts a
      where a.org_id = $1 and a.id = $2 and a.kind = 'test' and a.outcome = 'started'
        and a.created_at > now() - make_interval(secs => $3)
        and not exists (select from provider_sign_ins s where s.org_id = a.org_id and s.attempt_id = a.id)`,
    [tx.organizationId, id, lifetimeSeconds],
  );
}

export function findAttempt(
  tx: Transaction,
  providerId: string,
  reference: string,
): Promise<AttemptRow | null> {
  return tx.queryOne<AttemptRow>(
    `select ${columns} from provider_attempts where org_id = $1 and provider_id = $2 and reference = $3`,
    [tx.organizationId, providerId, reference],
  );
}

/** Newest first. */
export function listAttempts(
  tx: Transaction,
  { providerId, outcome }: { readonly providerId: string; readonly outcome: AttemptOutcome | undefined },
  before: { createdAt: string; id: string } | null,
  limit: number,
): Promise<(AttemptRow & { position: string })[]> {
  return tx.query(
    `select ${columns}, created_at::text as position from provider_attempts
      where org_id = $1 and provider_id = $2 and ($3::text is null or outcome = $3)
        and ($4::timestamptz is null or (created_at, id) < ($4, $5))
      order by created_at desc, id desc limit $6`,
    [tx.organizationId, providerId, outcome ?? null, before?.createdAt ?? null, before?.id ?? null, limit],
  );
}
