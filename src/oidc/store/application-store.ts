import type { Adapter, Context } from 'oidc-provider';
import type { Applications } from '../../applications/applications.service.js';
import type { Database } from '../../platform/database/database.js';
import { engine } from '../engine.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { notesOf } from '../request-notes.js';
import { metadataOf } from './application-metadata.rules.js';
import type { Payload } from './artifacts.queries.js';
import { presentedSecret } from './presented-secret.rules.js';

/** Applications as the engine's clients: read with every request, active ones only. */
export class ApplicationStore implements Adapter {
  constructor(
    private readonly database: Database,
    private readonly issuer: Issuer,
    private readonly applications: Applications,
    private readonly scopes: ReadonlySet<string>,
  ) {}

  async find(id: string): Promise<Payload | undefined> {
    const secret = this.secretOf(engine().Provider.ctx);
    const application = await duringProtocol(() =>
      this.database.forOrganization(this.issuer.id, async (tx) => {
        const found = await this.applications.find(tx, id);
        // It is asked for next, and a transaction costs more than what happens in it.
        if (found !== null && secret !== null)
          notesOf(engine().Provider.ctx).secret = {
            applicationId: found.id,
            secret,
            matches: await this.applications.matchesSecret(tx, id, secret),
          };
        return found;
      }),
    );
    return application === null ? undefined : metadataOf(application, this.scopes);
  }

  private secretOf(ctx: Context | undefined): string | null {
    if (ctx === undefined || ctx.method !== 'POST') return null;
    return presentedSecret(ctx.oidc.params?.['client_secret'], ctx.req.headers.authorization);
  }

  async upsert(): Promise<void> {
    throw new Error('applications are not written by the engine');
  }
  async destroy(): Promise<void> {
    throw new Error('applications are not removed by the engine');
  }
  async consume(): Promise<void> {}
  async revokeByGrantId(): Promise<void> {}
  async findByUid(): Promise<undefined> {}
  async findByUserCode(): Promise<undefined> {}
}
