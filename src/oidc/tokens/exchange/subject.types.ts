import type { Actor } from '../token-actors.js';

/** Whom a token is about, and what it belongs to. */
export interface Subject {
  readonly userId: string;
  readonly applicationId: string;
  readonly sessionId: string;
  readonly grantId: string;
  readonly audience: string | null;
  readonly scopes: readonly string[];
  readonly authentication: { readonly methods: readonly string[]; readonly at: Date; readonly endsAt?: Date };
  readonly actor?: Actor;
}
