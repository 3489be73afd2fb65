import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import { RecentAuthentication } from '../recent-authentication/recent-authentication.service.js';
import { AttemptLimits } from '../sign-in/attempt-limits.service.js';
import { tooManyExportsProblem } from './me.problems.js';
import { requireSession } from './me.rules.js';
import { type ExportSection, exportSections, readExportPage } from './my-export.queries.js';

const pageSize = 500;
const exportsAnHour = 10;

/**
 * Everything that is kept about a person, for that person. It is read and sent a page at a time, each page in a transaction
 * of its own: neither the length of a history nor a client that reads slowly holds memory or a connection.
 */
@Injectable()
export class MyExport {
  constructor(
    private readonly database: Database,
    private readonly limits: AttemptLimits,
    private readonly recent: RecentAuthentication,
    private readonly audit: Audit,
  ) {}

  /**
   * The document, piece by piece.
   *
   * @throws Problem `permission_denied` for an API key, `reauthentication_required`, `too_many_requests`
   */
  async begin(actor: Actor): Promise<AsyncIterable<string>> {
    requireSession(actor);
    // Whoever has stolen a session shall not walk off with everything at once.
    await this.recent.requireRecent(actor);
    const counter = this.limits.within('me.export', exportsAnHour, 3600, actor.userId);
    await this.database.forOrganization(actor.organization.id, async (tx) => {
      const { blockedBy, retryAfterSeconds } = await this.limits.count(tx, [counter]);
      if (blockedBy !== null) throw tooManyExportsProblem(retryAfterSeconds);
      await this.audit.record(tx, actor, 'user.exported', { type: 'user', id: actor.userId });
    });
    return this.document(actor);
  }

  private async *document(actor: Actor): AsyncGenerator<string> {
    const { id, slug } = actor.organization;
    yield `{"exportedAt":${JSON.stringify(new Date())},"organization":${JSON.stringify({ id, slug })}`;
    for (const section of exportSections) {
      yield `,${JSON.stringify(section.name)}:`;
      yield* section.shape === 'one' ? this.one(actor, section) : this.list(actor, section);
    }
    yield '}';
  }

  private async *one(actor: Actor, section: ExportSection): AsyncGenerator<string> {
    const [row] = await this.read(actor, section, null);
    yield JSON.stringify(row?.item ?? null);
  }

  private async *list(actor: Actor, section: ExportSection): AsyncGenerator<string> {
    let separator = '[';
    let position: string[] | null = null;
    do {
      const rows = await this.read(actor, section, position);
      for (const { item } of rows) {
        yield separator + JSON.stringify(item);
        separator = ',';
      }
      position = rows.length === pageSize ? (rows.at(-1)!.position ?? null) : null;
    } while (position !== null);
    yield separator === '[' ? '[]' : ']';
  }

  private read(actor: Actor, section: ExportSection, position: string[] | null) {
    return this.database.forOrganization(actor.organization.id, (tx) =>
      readExportPage(tx, section, actor.userId, position, pageSize),
    );
  }
}
