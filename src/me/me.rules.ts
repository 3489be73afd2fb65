import { sessionNeededProblem } from './me.problems.js';

/** An API key acts for a program; what is the person's own is not its business. @throws Problem `permission_denied` */
export function requireSession(actor: { readonly kind: 'session' | 'api-key' }): void {
  if (actor.kind !== 'session') throw sessionNeededProblem();
}
