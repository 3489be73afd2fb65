import type { Anonymous } from '../platform/access/actor.js';
import type { UpstreamIdentity } from './provider.types.js';
import type { UpstreamFailure } from './upstream-failures.types.js';
import type { AttemptStep } from './upstream/journal.js';

/** Who goes to a provider, and in which browser. */
export interface ProviderTraveller {
  readonly visitor: Anonymous;
  readonly organization: { readonly id: string; readonly slug: string };
  /** The name of the browser, which only it knows; see `FormGuard.browserOf`. */
  readonly browser: string;
}

/** What somebody goes to a provider for. */
export type ProviderPurpose =
  | { readonly kind: 'sign-in'; readonly interaction: string | null; readonly returnTo: string }
  /** For whoever is signed in, and has proven it just now. */
  | { readonly kind: 'link'; readonly sessionId: string; readonly userId: string }
  /** A dry run, which was asked for by an administrator. */
  | { readonly kind: 'test'; readonly attemptId: string; readonly reference: string };

export interface ProviderHints {
  readonly loginHint: string | null;
  /** Whether they have to show at the provider who they are, although they may be signed in there. */
  readonly mustProve: boolean;
}

/** Somebody is back, and the word of their provider holds. What becomes of them is still to be written down. */
export interface ProviderReturn {
  readonly provider: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly purpose: ProviderPurpose;
  readonly identity: UpstreamIdentity;
  readonly beganAt: Date;
  readonly attempt: OpenAttempt;
}

export interface OpenAttempt {
  readonly id: string;
  readonly reference: string;
  /** So far; for whoever administers the provider. */
  readonly steps: readonly AttemptStep[];
}

/** It did not go well; there is an attempt that says why, under the reference. */
export class ProviderSignInFailure extends Error {
  constructor(
    readonly failure: UpstreamFailure,
    readonly reference: string,
    readonly provider: { readonly name: string; readonly displayName: string },
    /** What they were about to do; null where that is over. */
    readonly purpose: ProviderPurpose | null,
  ) {
    super(failure.message, { cause: failure });
  }
}
