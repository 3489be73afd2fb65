import type { Context } from 'oidc-provider';
import type { AuditEvent } from '../../audit/audit.service.js';
import { engine } from '../engine.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { type RequestNotes, notesOf } from '../request-notes.js';
import { openSuccessor } from '../store/refresh-token-store.js';
import type { ProtocolRequests } from './protocol-requests.service.js';

/**
 * What a token request writes (something is used up, tokens are stored, somebody's arrival is recorded) goes into the
 * database at its end, in one transaction and before anything is answered. Where something was used before, nothing is
 * stored, and what belongs to it is dead.
 */
export function writingTogether(
  issuer: Issuer,
  requests: ProtocolRequests,
  arrivalOf: (ctx: Context) => AuditEvent | null,
): (answer: (ctx: Context) => Promise<void>) => (ctx: Context) => Promise<void> {
  return (answer) => async (ctx) => {
    const notes = notesOf(ctx);
    const steps = (notes.steps = []) as NonNullable<RequestNotes['steps']>;
    const write = () => duringProtocol(() => requests.write(issuer.id, steps));
    try {
      await answer(ctx);
    } catch (error) {
      // A code is used up whatever comes of it; a refresh token only for its successor.
      steps.splice(0, Infinity, ...steps.filter((step) => step.do === 'consume'));
      if (steps.length > 0 && (await write()).verdict === 'reused') noteReuse(notes);
      throw error;
    } finally {
      delete notes.steps;
    }
    const arrival = arrivalOf(ctx);
    if (arrival !== null) {
      const { origin, ...event } = arrival;
      const { ip = null, userAgent = null, requestId = null } = origin ?? {};
      steps.push({ do: 'record', ...event, ip, userAgent, requestId });
    }
    if (steps.length === 0) return;
    const { verdict, sealed } = await write();
    if (verdict === 'reused') {
      noteReuse(notes);
      throw new (engine().errors.InvalidGrant)('already consumed');
    }
    // Asked again within the grace: the first answer, not another family.
    if (verdict === 'repeated')
      Object.assign(ctx.body as object, {
        refresh_token: openSuccessor(notes.exchanged!, Buffer.from(sealed!, 'hex')),
      });
  };
}

function noteReuse(notes: RequestNotes): void {
  const grantId = [...notes.grants.keys()].at(-1);
  if (grantId !== undefined) notes.reused = grantId;
}
