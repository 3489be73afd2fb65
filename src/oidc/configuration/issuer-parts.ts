import type { ScopeCatalogue } from '../../scopes/scopes.types.js';
import type { IssuerKey } from '../../signing-keys/signing-keys.service.js';
import type { Issuer } from '../issuer.types.js';
import type { EngineServices } from '../engine-services.js';

/** What one instance of the engine is made of. */
export interface IssuerParts {
  readonly issuer: Issuer;
  /** The address. */
  readonly address: string;
  readonly keys: readonly IssuerKey[];
  readonly catalogue: ScopeCatalogue;
  readonly services: EngineServices;
}
