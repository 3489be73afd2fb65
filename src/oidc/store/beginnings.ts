import type { Config } from '../../platform/config/settings.js';
import type { Database } from '../../platform/database/database.js';
import { type AttemptLimits, isLoopback } from '../../sign-in/attempt-limits.service.js';
import { engine } from '../engine.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { notesOf } from '../request-notes.js';

const windowSeconds = 600;
/** As of sign-in flows: people begin more often than they fail. */
const begunPerFailure = 10;

/**
 * What anybody can make this server keep without a word about who they are: requests of applications, and codes of devices.
 * Each may have tens of kilobytes, and stays for an hour or two.
 */
export class Beginnings {
  constructor(
    private readonly database: Database,
    private readonly limits: AttemptLimits,
    private readonly config: Config,
    private readonly issuer: Issuer,
  ) {}

  /** Before it is kept. @throws TemporarilyUnavailable */
  async count(): Promise<void> {
    const { ip } = notesOf(engine().Provider.ctx).origin;
    // Developers and tests begin on their own machine as often as they like.
    if (isLoopback(ip) && this.config.server.environment !== 'production') return;
    const most = this.config.limits.failuresPerAddress * begunPerFailure;
    const { blockedBy } = await duringProtocol(() =>
      this.database.forOrganization(this.issuer.id, (tx) =>
        this.limits.count(tx, [this.limits.fromAddress('oidc.beginning', ip, most, windowSeconds)]),
      ),
    );
    if (blockedBy !== null) throw new (engine().errors.TemporarilyUnavailable)('too many requests');
  }
}
