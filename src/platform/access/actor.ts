import type { PermissionSet } from './permission-set.js';

/** Where a request comes from, for the audit log and for limits. */
export interface RequestOrigin {
  readonly requestId: string;
  readonly ip: string;
  readonly userAgent: string | null;
  /** The client's promise that a repetition is the same request; see `Idempotency`. */
  readonly idempotency: { readonly key: string; readonly requestHash: Buffer } | null;
}

export interface ActorOrganization {
  readonly id: string;
  readonly slug: string;
  readonly isPlatform: boolean;
}

/** Who acts: the first argument of every entry point. */
export interface Actor {
  readonly kind: 'session' | 'api-key';
  readonly organization: ActorOrganization;
  readonly userId: string;
  /** The session or the API key. */
  readonly credentialId: string;
  readonly permissions: PermissionSet;
  readonly roleNames: readonly string[];
  /** When the person last proved who they are; null for API keys. */
  readonly authenticatedAt: Date | null;
  readonly origin: RequestOrigin;
}

/** Somebody who has shown no credential. */
export interface Anonymous {
  readonly kind: 'anonymous';
  readonly origin: RequestOrigin;
}

/** An operator: a user of the platform organization who may work on the list of organizations. */
export function isOperator(actor: Actor): boolean {
  return actor.organization.isPlatform && actor.permissions.holds('platform:organizations');
}
