import type { Adapter } from 'oidc-provider';
import type { Applications } from '../../applications/applications.service.js';
import type { Database } from '../../platform/database/database.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { metadataOf } from './application-metadata.rules.js';
import type { Payload } from './artifacts.queries.js';

/** Applications as the engine's clients: read with every request, active ones only. */
export class ApplicationStore implements Adapter {
  constructor(
    private readonly database: Database,
    private readonly issuer: Issuer,
    private readonly applications: Applications,
    private readonly scopes: ReadonlySet<string>,
  ) {}

  async find(id: string): Promise<Payload | undefined> {
    const application = await duringProtocol(() =>
      this.database.forOrganization(this.issuer.id, (tx) => this.applications.find(tx, id)),
    );
    return application === null ? undefined : metadataOf(application, this.scopes);
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
