import type { Actor, RequestOrigin } from './actor.js';

/** Finds out who holds a credential. The feature that owns sessions and keys provides it. */
export abstract class Principals {
  /** The actor, or null for everything that is not a valid credential now. */
  abstract find(credential: string, origin: RequestOrigin): Promise<Actor | null>;
}

/** Keeps record of what was refused. The feature that owns the audit log provides it. */
export abstract class RefusalRecorder {
  abstract record(actor: Actor, action: string, detail: Record<string, unknown>): Promise<void>;
}
