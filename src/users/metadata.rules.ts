import { isBoundedJson } from '../platform/json/bounded-json.rules.js';
import { mergePatch } from '../platform/json/merge-patch.rules.js';
import { raiseInvalid } from '../platform/problems/problems.js';

export { sameJson } from '../platform/json/merge-patch.rules.js';

export type Metadata = Record<string, unknown>;

export const metadataMaxBytes = 16_384;

/**
 * Merges a patch (RFC 7396); null as a whole removes everything.
 *
 * @throws Problem `invalid_request` when the result is larger than metadata may be
 */
export function mergeMetadata(metadata: Metadata, patch: Metadata | null): Metadata {
  const merged = patch === null ? {} : mergePatch(metadata, patch);
  if (!isBoundedJson(merged, metadataMaxBytes)) {
    raiseInvalid([{ pointer: '/metadata', detail: `must not become larger than ${metadataMaxBytes} bytes` }]);
  }
  return merged;
}
