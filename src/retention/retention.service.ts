import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CONFIG } from '../platform/config/config.js';
import type { Config } from '../platform/config/settings.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { LOG, type Log } from '../platform/log/log.js';
import {
  prepareAuditPartitions,
  purgeAttemptCounters,
  purgeAuditEvents,
  purgeIdempotencyKeys,
  purgeLogoutDeliveries,
  purgeMails,
  purgeOidcArtifacts,
  purgeOidcGrants,
  purgeProviderAttempts,
  purgeProviderSignIns,
  purgeSessions,
  purgeSignInFlows,
  purgeTokenRevocations,
  purgeVerificationTokens,
} from './retention.queries.js';

/** Rows of one transaction: so few that its locks are gone before anybody misses them. */
const batch = 1_000;
/** Of one table in one run; what is left over leaves an hour later. */
const mostBatches = 500;

type Purge = (tx: Transaction) => Promise<number>;

/** What is over leaves the database, every hour, and audit events get the tables of the months to come. */
@Injectable()
export class Retention implements OnModuleInit {
  readonly #purges: Readonly<Record<string, Purge>>;

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    @Inject(CONFIG) { retention }: Config,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.#purges = {
      audit_events: (tx) => purgeAuditEvents(tx, retention.auditDays, batch),
      sessions: (tx) => purgeSessions(tx, retention.sessionsDays, batch),
      verification_tokens: (tx) => purgeVerificationTokens(tx, retention.tokensDays, batch),
      mails: (tx) => purgeMails(tx, retention.mailsDays, batch),
      logout_deliveries: (tx) => purgeLogoutDeliveries(tx, retention.mailsDays, batch),
      oidc_artifacts: (tx) => purgeOidcArtifacts(tx, batch),
      oidc_grants: (tx) => purgeOidcGrants(tx, batch),
      token_revocations: (tx) => purgeTokenRevocations(tx, batch),
      idempotency_keys: (tx) => purgeIdempotencyKeys(tx, batch),
      sign_in_flows: (tx) => purgeSignInFlows(tx, batch),
      provider_sign_ins: (tx) => purgeProviderSignIns(tx, batch),
      provider_attempts: (tx) => purgeProviderAttempts(tx, retention.mailsDays, batch),
      attempt_counters: (tx) => purgeAttemptCounters(tx, batch),
    };
  }

  onModuleInit(): void {
    this.jobs.schedule('retention', '17 * * * *', (_, signal) => this.run(signal));
  }

  private async run(signal: AbortSignal): Promise<void> {
    await this.database.asPlatform('retention', prepareAuditPartitions);
    for (const [table, purge] of Object.entries(this.#purges)) {
      const purged = await this.purgeAll(purge, signal);
      if (purged > 0) this.log.info({ table, rows: purged }, 'what was over has left');
    }
  }

  private async purgeAll(purge: Purge, signal: AbortSignal): Promise<number> {
    let purged = 0;
    for (let round = 0; round < mostBatches && !signal.aborted; round += 1) {
      const gone = await this.database.asPlatform('retention', purge);
      purged += gone;
      if (gone < batch) break;
    }
    return purged;
  }
}
