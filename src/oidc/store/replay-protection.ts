import { hash } from 'node:crypto';
import type { Provider } from 'oidc-provider';
import type { Database } from '../../platform/database/database.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { storeOnce } from './artifacts.queries.js';

/** Assertions and proofs are taken once. The engine would look first and write then, and of many at once each would find nothing. */
export function useReplayProtection({ ReplayDetection }: Provider, issuer: Issuer, database: Database): void {
  ReplayDetection.unique = (sender, id, expiresAt) =>
    duringProtocol(() =>
      storeOnce(
        database,
        issuer.id,
        'ReplayDetection',
        hash('sha256', `${sender}\n${id}`, 'buffer'),
        expiresAt,
      ),
    );
}
