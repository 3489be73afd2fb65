import type { IncomingMessage } from 'node:http';
import type { Context } from 'oidc-provider';
import type { RequestOrigin } from '../platform/access/actor.js';
import type { Issuer } from './issuer.types.js';
import type { Asked, Known, Step } from './requests/protocol-requests.queries.js';

/** What one protocol request knows beside what the engine keeps of it. */
export interface RequestNotes {
  readonly issuer: Issuer;
  readonly origin: RequestOrigin;
  /** The name by which this browser differs from others; null for whoever has kept no cookie. */
  readonly browser: string | null;
  /** The session cookie of this organization. */
  readonly sessionToken: string | null;
  /** What the request named, as far as that could be told, and what was found. */
  readonly asked: Asked;
  readonly known: Known;
  /** Grants that were read with what they belong to, by id. */
  readonly grants: Map<string, Record<string, unknown>>;
  /** How and when the person signed in, in the session of what was read last. */
  authentication?: { readonly methods: readonly string[]; readonly at: Date; readonly endsAt?: Date };
  /** A refresh token that is being exchanged. */
  exchanged?: string;
  /** Whether what the request named has been taken. */
  isTaken?: boolean;
  /** What is written at the end, all together. */
  steps?: Step[];
  /** The grant of something that was used a second time. */
  reused?: string;
}

const notes = new WeakMap<IncomingMessage, RequestNotes>();

export function note(request: IncomingMessage, taken: Omit<RequestNotes, 'grants'>): void {
  const { grant } = taken.known;
  notes.set(request, { ...taken, grants: new Map(grant === null ? [] : [[grant.id, grant.payload]]) });
}

/** @throws Error for a request that did not come through the mount */
export function notesOf(ctx: Context | undefined): RequestNotes {
  const found = ctx && notes.get(ctx.req);
  if (found === undefined) throw new Error('a protocol request without notes');
  return found;
}
