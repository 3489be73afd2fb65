import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Keyring } from '../platform/crypto/keyring.js';
import { JobDatabase } from '../platform/database/job-database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { LOG, type Log } from '../platform/log/log.js';
import { Policies } from '../policies/policies.service.js';
import { generateKey } from './key-generation.js';
import { SigningKeyChanges } from './signing-key-changes.service.js';
import { findOrganizationsWithDueKeys, findSigningKeys, lockIssuer } from './signing-keys.queries.js';
import { decideDueSteps, type DueSteps, scheduledLeadSeconds } from './signing-keys.rules.js';

const organizationsAtOnce = 200;

/** What the clock does with keys: publishes the next one, puts it to use, takes away what has signed nothing alive. */
@Injectable()
export class SigningKeyRotation implements OnModuleInit {
  constructor(
    private readonly database: JobDatabase,
    private readonly jobs: Jobs,
    private readonly policies: Policies,
    private readonly keyring: Keyring,
    private readonly changes: SigningKeyChanges,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('rotate-signing-keys', '7,37 * * * *', (_, signal) => this.rotateAll(signal));
  }

  /** Every organization in which something is due; one that fails keeps no other from its turn. */
  private async rotateAll(signal: AbortSignal): Promise<void> {
    let after: string | null = null;
    while (!signal.aborted) {
      const ids = await this.findDue(after);
      for (const id of ids) {
        if (signal.aborted) return;
        await this.rotate(id).catch((error: unknown) =>
          this.log.error({ error, organizationId: id }, 'signing keys were not rotated'),
        );
      }
      after = ids.at(-1) ?? null;
      if (ids.length < organizationsAtOnce) return;
    }
  }

  private findDue(after: string | null): Promise<string[]> {
    const nothing = { own: {}, platform: {}, isPlatform: false };
    return this.database.asPlatform('find signing keys that are due', (tx) =>
      findOrganizationsWithDueKeys(tx, {
        defaultRotationDays: this.policies.valuesUnder('signing-keys', nothing).rotationDays,
        leadSeconds: scheduledLeadSeconds,
        sealPrefix: this.keyring.currentPrefix,
        after,
        limit: organizationsAtOnce,
      }),
    );
  }

  private rotate(organizationId: string): Promise<void> {
    return this.database.forOrganization(organizationId, async (tx) => {
      // Made before the lock, and in vain where somebody else was first.
      const made = await Promise.all((await this.dueSteps(tx)).publish.map(({ alg }) => generateKey(alg)));
      await lockIssuer(tx);
      const steps = await this.dueSteps(tx);
      const keys = await findSigningKeys(tx);
      const keyOf = (kid: string) => keys.find((key) => key.kid === kid)!;
      for (const kid of steps.remove) await this.changes.remove(tx, 'system', keyOf(kid));
      for (const kid of steps.activate) {
        const next = keyOf(kid);
        const active = keys.find(({ alg, state }) => alg === next.alg && state === 'active') ?? null;
        await this.changes.activate(tx, 'system', next, active);
      }
      for (const { alg, activatesAt } of steps.publish) {
        const key = made.find(({ publicJwk }) => publicJwk.alg === alg);
        if (key) await this.changes.publish(tx, 'system', key, activatesAt);
      }
      for (const key of await findSigningKeys(tx)) await this.changes.sealAnew(tx, key);
    });
  }

  private async dueSteps(tx: Transaction): Promise<DueSteps> {
    const { rotationDays } = await this.policies.read(tx, 'signing-keys');
    return decideDueSteps(await findSigningKeys(tx), rotationDays, new Date());
  }
}
