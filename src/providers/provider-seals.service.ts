import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Keyring } from '../platform/crypto/keyring.js';
import { JobDatabase } from '../platform/database/job-database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { LOG, type Log } from '../platform/log/log.js';
import { ProviderSecrets } from './provider-secrets.service.js';
import { findOrganizationsWithOldSeals, lockOldSeals, writeSeal } from './providers.queries.js';

const organizationsAtOnce = 200;

/** Seals client secrets anew where the key has changed, so that older keys can go. */
@Injectable()
export class ProviderSeals implements OnModuleInit {
  constructor(
    private readonly database: JobDatabase,
    private readonly jobs: Jobs,
    private readonly keyring: Keyring,
    private readonly secrets: ProviderSecrets,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('seal-provider-secrets', '47 * * * *', (_, signal) => this.sealAll(signal));
  }

  /** Every organization with older seals; one that fails keeps no other from its turn. */
  private async sealAll(signal: AbortSignal): Promise<void> {
    let after: string | null = null;
    while (!signal.aborted) {
      const ids: string[] = await this.database.asPlatform('find provider secrets under older keys', (tx) =>
        findOrganizationsWithOldSeals(tx, this.keyring.currentPrefix, after, organizationsAtOnce),
      );
      for (const id of ids)
        await this.sealOf(id).catch((error: unknown) =>
          this.log.error({ error, organizationId: id }, 'provider secrets were not sealed anew'),
        );
      after = ids.at(-1) ?? null;
      if (ids.length < organizationsAtOnce) return;
    }
  }

  private sealOf(organizationId: string): Promise<void> {
    return this.database.forOrganization(organizationId, async (tx) => {
      for (const { id, clientSecret } of await lockOldSeals(tx, this.keyring.currentPrefix)) {
        const clear = this.secrets.openClientSecret(organizationId, id, clientSecret);
        await writeSeal(tx, id, this.secrets.sealClientSecret(organizationId, id, clear));
      }
    });
  }
}
