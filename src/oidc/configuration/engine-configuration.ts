import { accessTokensConfiguration } from './access-tokens.js';
import { applicationsConfiguration } from './applications.js';
import { claimsConfiguration } from './claims.js';
import { cookiesConfiguration } from './cookies.js';
import { featuresConfiguration } from './features.js';
import { interactionsConfiguration } from './interactions.js';
import type { IssuerParts } from './issuer-parts.js';
import { keysConfiguration } from './keys.js';
import { lifetimesConfiguration } from './lifetimes.js';
import { pagesConfiguration } from './pages.js';
import { rotationConfiguration } from './rotation.js';

/** Every setting of the engine, one concern a line; no two of them set the same. */
export function engineConfiguration(parts: IssuerParts): Record<string, unknown> {
  return {
    ...keysConfiguration(parts),
    ...claimsConfiguration(parts),
    ...applicationsConfiguration(parts),
    ...featuresConfiguration(parts),
    ...accessTokensConfiguration(parts),
    ...lifetimesConfiguration(),
    ...rotationConfiguration(parts),
    ...interactionsConfiguration(parts),
    ...cookiesConfiguration(parts),
    ...pagesConfiguration(),
  };
}
