import { ApiResource } from './api-resource.entity.js';
import { CustomClaim } from './custom-claim.entity.js';
import { CustomScope } from './custom-scope.entity.js';

/** The tables of this feature, for the application's table of contents. */
export const scopesEntities = [CustomClaim, CustomScope, ApiResource];
