import type { Client, Provider } from 'oidc-provider';
import type { Applications } from '../../applications/applications.service.js';
import type { Database } from '../../platform/database/database.js';
import { engine } from '../engine.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { notesOf } from '../request-notes.js';

/** Secrets are compared by their hashes, with every living one of the application. */
export function useSecrets(
  { Client: { prototype } }: Provider,
  issuer: Issuer,
  { database, applications }: { database: Database; applications: Applications },
): void {
  prototype.compareClientSecret = async function (this: Client, secret: string) {
    const { secret: known } = notesOf(engine().Provider.ctx);
    if (known?.applicationId === this.clientId && known.secret === secret) return known.matches;
    return duringProtocol(() =>
      database.forOrganization(issuer.id, (tx) => applications.matchesSecret(tx, this.clientId, secret)),
    );
  };
  // Told by the outbox, whatever ends a session.
  prototype.backchannelLogout = async () => {};
}
