import type { Adapter } from 'oidc-provider';
import type { Applications } from '../../applications/applications.service.js';
import type { Config } from '../../platform/config/settings.js';
import type { Keyring } from '../../platform/crypto/keyring.js';
import type { Database } from '../../platform/database/database.js';
import type { AttemptLimits } from '../../sign-in/attempt-limits.service.js';
import type { Issuer } from '../issuer.types.js';
import type { ProtocolRequests } from '../requests/protocol-requests.service.js';
import { ApplicationStore } from './application-store.js';
import { ArtifactStore } from './artifact-store.js';
import { Beginnings } from './beginnings.js';
import { DeviceCodeStore } from './device-code-store.js';
import { GrantStore } from './grant-store.js';
import { InteractionStore } from './interaction-store.js';
import { PushedRequestStore } from './pushed-request-store.js';
import { RefreshTokenStore } from './refresh-token-store.js';

interface StoreParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly applications: Applications;
  readonly limits: AttemptLimits;
  readonly requests: ProtocolRequests;
  readonly config: Config;
  readonly issuer: Issuer;
  readonly scopes: ReadonlySet<string>;
}

/** Where an instance keeps each kind of thing. Sessions are not among them: see `engine-sessions.ts`. */
export function engineStore(parts: StoreParts): (kind: string) => Adapter {
  const { database, keyring, applications, issuer, scopes, limits, requests } = parts;
  const beginnings = new Beginnings(database, limits, parts.config, issuer);
  return (kind) => {
    switch (kind) {
      case 'Client':
        return new ApplicationStore(database, issuer, applications, scopes);
      case 'Grant':
        return new GrantStore(database, issuer);
      case 'RefreshToken':
        return new RefreshTokenStore(database, requests, issuer, kind);
      case 'Interaction':
        return new InteractionStore(database, requests, issuer, kind, beginnings);
      case 'DeviceCode':
        return new DeviceCodeStore(
          database,
          requests,
          issuer,
          kind,
          keyring.derive('device-user-codes'),
          limits,
          beginnings,
        );
      case 'PushedAuthorizationRequest':
        return new PushedRequestStore(database, requests, issuer, kind, beginnings);
      default:
        return new ArtifactStore(database, requests, issuer, kind);
    }
  };
}
