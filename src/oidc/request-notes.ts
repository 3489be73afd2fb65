import type { IncomingMessage } from 'node:http';
import type { Context } from 'oidc-provider';
import type { RequestOrigin } from '../platform/access/actor.js';
import type { Issuer } from './issuer.types.js';

/** What one protocol request knows beside what the engine keeps of it. */
export interface RequestNotes {
  readonly issuer: Issuer;
  readonly origin: RequestOrigin;
  /** The name by which this browser differs from others; null for whoever has kept no cookie. */
  readonly browser: string | null;
  /** The session cookie of this organization. */
  readonly sessionToken: string | null;
  /** Grants that were read with what they belong to, by id. */
  readonly grants: Map<string, Record<string, unknown>>;
  /** How and when the person signed in, in the session of what was read last. */
  authentication?: { readonly methods: readonly string[]; readonly at: Date };
  /** A refresh token that is being exchanged. */
  exchanged?: string;
  /** A secret that was read with its application. */
  secret?: { readonly applicationId: string; readonly secret: string; readonly matches: boolean };
  /** The grant of something that was used a second time. */
  reused?: string;
  /** What it was exchanged for, where that has happened before. */
  repeated?: string;
}

const notes = new WeakMap<IncomingMessage, RequestNotes>();

export function note(request: IncomingMessage, taken: Omit<RequestNotes, 'grants'>): void {
  notes.set(request, { ...taken, grants: new Map() });
}

/** @throws Error for a request that did not come through the mount */
export function notesOf(ctx: Context | undefined): RequestNotes {
  const found = ctx && notes.get(ctx.req);
  if (found === undefined) throw new Error('a protocol request without notes');
  return found;
}
