import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { Notifications } from '../platform/database/notifications.js';
import { SigningKeys } from '../signing-keys/signing-keys.service.js';
import { discoveryOf } from './configuration/discovery.js';
import type { Issuer } from './issuer.types.js';
import { Issuers } from './issuers.service.js';

export interface IssuerDocument {
  readonly discovery: string;
  readonly keys: string;
}

interface Kept {
  readonly issuerId: string;
  readonly version: string;
  readonly document: IssuerDocument;
  checkedAt: number;
  /** How many changes had been announced by then. */
  changes: number;
}

/** Changes are announced; this is for a connection that broke and has not noticed. */
const freshMilliseconds = 1_000;
const mostKept = 2_000;

/** What an issuer says of itself, kept ready and made anew with each version of the issuer. */
@Injectable()
export class IssuerDocuments implements OnModuleInit {
  readonly #kept = new Map<string, Kept>();
  #changes = 0;
  readonly #checks = new Map<string, { changes: number; document: Promise<IssuerDocument | null> }>();

  constructor(
    private readonly issuers: Issuers,
    private readonly database: Database,
    private readonly keys: SigningKeys,
    private readonly notifications: Notifications,
  ) {}

  onModuleInit(): void {
    this.notifications.listen('issuer_changed', () => void (this.#changes += 1));
  }

  /** Null unless there is such an active organization. */
  of(slug: string): Promise<IssuerDocument | null> | IssuerDocument {
    const kept = this.#kept.get(slug);
    if (kept !== undefined && this.isFresh(kept)) return kept.document;
    const running = this.#checks.get(slug);
    // One that began before a change may answer with what was before it.
    if (running !== undefined && running.changes === this.#changes && this.notifications.isHearing)
      return running.document;
    const check = { changes: this.#changes, document: this.check(slug, kept) };
    this.#checks.set(slug, check);
    const forget = () => void (this.#checks.get(slug) === check && this.#checks.delete(slug));
    check.document.then(forget, forget);
    return check.document;
  }

  /** Tokens may have been signed by now with a key that a newer version has brought. */
  private isFresh({ issuerId, version, checkedAt, changes }: Kept): boolean {
    if (!this.notifications.isHearing || changes !== this.#changes) return false;
    const served = this.issuers.servedVersionOf(issuerId) ?? version;
    return served === version && Date.now() - checkedAt < freshMilliseconds;
  }

  private async check(slug: string, kept: Kept | undefined): Promise<IssuerDocument | null> {
    const changes = this.#changes;
    const issuer = await this.issuers.find(slug);
    this.#kept.delete(slug);
    if (issuer === null) return null;
    const document = kept?.version === issuer.version ? kept.document : await this.make(issuer);
    this.#kept.set(slug, {
      issuerId: issuer.id,
      version: issuer.version,
      document,
      checkedAt: Date.now(),
      changes,
    });
    if (this.#kept.size > mostKept) this.#kept.delete(this.#kept.keys().next().value!);
    return document;
  }

  private async make(issuer: Issuer): Promise<IssuerDocument> {
    // First: with the instance those keys are made that an application wants and nobody has needed yet.
    const discovery = await discoveryOf(await this.issuers.instanceOf(issuer));
    const keys = await this.database.forOrganization(issuer.id, (tx) => this.keys.ofIssuer(tx));
    return {
      discovery: JSON.stringify(discovery),
      keys: JSON.stringify({ keys: keys.map(({ publicJwk }) => publicJwk) }),
    };
  }
}
