import type { ActorKind } from '../platform/access/actor.js';
import { raiseInvalid } from '../platform/problems/problems.js';
import { sessionNeededProblem } from './me.problems.js';

/** @throws Problem `invalid_request` for neither and for both */
export function requireOneProof({ token, code }: { readonly token?: string; readonly code?: string }): void {
  if ((token === undefined) === (code === undefined))
    raiseInvalid([{ pointer: '/token', detail: 'give either token or code' }]);
}

/** API keys and access tokens act for programs; what is the person's own is not its business. @throws Problem `permission_denied` */
export function requireSession(actor: { readonly kind: ActorKind }): void {
  if (actor.kind !== 'session') throw sessionNeededProblem();
}
