import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Keyring } from '../platform/crypto/keyring.js';
import { JobDatabase } from '../platform/database/job-database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { LOG, type Log } from '../platform/log/log.js';
import { findOrganizationsWithOldSeals, lockOldSeals, writeSeals } from './account-tokens.queries.js';
import { placeOfToken, type TokenKind } from './account-tokens.service.js';

const organizationsAtOnce = 200;
const accountsAtOnce = 500;

/** Seals upstream tokens anew where the key has changed, so that older keys can go. */
@Injectable()
export class AccountSeals implements OnModuleInit {
  constructor(
    private readonly database: JobDatabase,
    private readonly jobs: Jobs,
    private readonly keyring: Keyring,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('seal-upstream-tokens', '27 * * * *', (_, signal) => this.sealAll(signal));
  }

  private async sealAll(signal: AbortSignal): Promise<void> {
    let after: string | null = null;
    while (!signal.aborted) {
      const ids: string[] = await this.database.asPlatform('find upstream tokens under older keys', (tx) =>
        findOrganizationsWithOldSeals(tx, this.keyring.currentPrefix, after, organizationsAtOnce),
      );
      for (const id of ids)
        await this.sealOf(id, signal).catch((error: unknown) =>
          this.log.error({ error, organizationId: id }, 'upstream tokens were not sealed anew'),
        );
      after = ids.at(-1) ?? null;
      if (ids.length < organizationsAtOnce) return;
    }
  }

  private async sealOf(organizationId: string, signal: AbortSignal): Promise<void> {
    let sealed = accountsAtOnce;
    while (sealed === accountsAtOnce && !signal.aborted) {
      sealed = await this.database.forOrganization(organizationId, async (tx) => {
        const old = await lockOldSeals(tx, this.keyring.currentPrefix, accountsAtOnce);
        for (const { id, accessToken, refreshToken } of old) {
          const anew = (kind: TokenKind, token: Buffer | null) => {
            const place = placeOfToken(organizationId, id, kind);
            return token && this.keyring.seal(place, this.keyring.open(place, token));
          };
          await writeSeals(tx, id, {
            accessToken: anew('access', accessToken),
            refreshToken: anew('refresh', refreshToken),
          });
        }
        return old.length;
      });
    }
  }
}
