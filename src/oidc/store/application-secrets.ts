import type { Client, Provider } from 'oidc-provider';
import type { Applications } from '../../applications/applications.service.js';
import { hashToken } from '../../platform/crypto/secret-token.js';
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
    const { asked, known } = notesOf(engine().Provider.ctx);
    if (asked.applicationId === this.clientId && asked.secretHash?.equals(hashToken(secret)) === true) {
      if (known.secret === 'due') applications.noteUse(issuer.id, asked.secretHash);
      return known.secret !== null;
    }
    return duringProtocol(() =>
      database.forOrganization(issuer.id, (tx) => applications.matchesSecret(tx, this.clientId, secret)),
    );
  };
  // Told by the outbox, whatever ends a session.
  prototype.backchannelLogout = async () => {};
}
