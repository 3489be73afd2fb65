import type { Adapter } from 'oidc-provider';
import type { RegisteredApplication } from '../../applications/application.types.js';
import type { Applications } from '../../applications/applications.service.js';
import type { Database } from '../../platform/database/database.js';
import { engine } from '../engine.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { notesOf } from '../request-notes.js';
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
    const application = await this.read(id);
    return application === null ? undefined : metadataOf(application, this.scopes);
  }

  private async read(id: string): Promise<RegisteredApplication | null> {
    // Messages about the end of a session are no requests.
    const { ctx } = engine().Provider;
    const notes = ctx && notesOf(ctx);
    if (notes?.asked.applicationId !== id)
      return duringProtocol(() =>
        this.database.forOrganization(this.issuer.id, (tx) => this.applications.find(tx, id)),
      );
    const { application, policies } = notes.known;
    return application && this.applications.known(this.issuer.id, application, policies!);
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
