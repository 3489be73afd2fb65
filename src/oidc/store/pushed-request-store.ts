import { engine } from '../engine.js';
import { ArtifactStore } from './artifact-store.js';

/** Requests that applications sent ahead (RFC 9126); each is used once. */
export class PushedRequestStore extends ArtifactStore {
  protected override consumedBefore(): Error {
    return new (engine().errors.InvalidRequestUri)('request_uri is invalid, expired, or was already used');
  }
}
