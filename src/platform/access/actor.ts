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

/**
 * By what somebody acts: a session of theirs, a key of theirs, an access token that an application has for them, or an
 * application for itself.
 */
export type ActorKind = 'session' | 'api-key' | 'access-token' | 'application';

/** Who acts: the first argument of every entry point. */
export interface Actor {
  readonly kind: ActorKind;
  readonly organization: ActorOrganization;
  /** The user; an application's own id where it acts for itself. */
  readonly userId: string;
  /** The session, the API key, or the application that acts for itself. */
  readonly credentialId: string;
  /** The application through which somebody acts, or which acts. */
  readonly applicationId: string | null;
  readonly permissions: PermissionSet;
  readonly roleNames: readonly string[];
  /** When the person last proved who they are; null where there is none. */
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
