import type { Anonymous } from '../platform/access/actor.js';
import type { SessionView } from '../sessions/session.view.js';

/** The first step, which asks who somebody is, has no row yet: whoever only looks at the page leaves nothing behind. */
export type StepName = 'password' | 'verification' | 'magic-link' | 'reset';

/** What a flow remembers from step to step. Nothing of it is secret, and nothing of it comes back from the browser. */
export interface FlowState {
  /** What they sign in with, as it was typed. */
  readonly identifier: string;
  /** The session that is to be proven anew, and no other account. */
  readonly reauthenticates?: string;
  /** When the password was set that they have proven, or chosen, in this flow; it counts while no other one is set. */
  readonly passwordSetAt?: string;
  /** Whether they have come here by signing up. */
  readonly isNew?: boolean;
}

/** Somebody on their way to a session, in one browser. */
export interface Flow {
  readonly id: string;
  readonly version: number;
  readonly step: StepName;
  readonly state: FlowState;
  /** Whose account it is, once that was proven in this flow. */
  readonly userId: string | null;
  /** The request of the application that they came from. */
  readonly interaction: string | null;
  /** The page that they go to without one. */
  readonly returnTo: string;
  readonly expiresAt: Date;
}

/** Who does something in a flow, and where. */
export interface Traveller {
  readonly visitor: Anonymous;
  readonly organization: { readonly id: string; readonly slug: string };
  /** The name of the browser, which only it knows; see `FormGuard.browserOf`. */
  readonly browser: string;
  /** The session token that the browser holds for this organization. */
  readonly sessionToken: string | null;
  readonly deviceTokens: readonly string[];
}

/** What a browser is given once somebody has signed in. */
export interface BrowserSession {
  readonly organizationSlug: string;
  readonly token: string;
  readonly session: SessionView;
  readonly userId: string;
  readonly endsAt: Date;
  readonly device: { readonly token: string; readonly endsAt: Date } | null;
}

/** What comes of a step that went well. */
export type StepResult =
  | { readonly kind: 'moved'; readonly flow: Flow; readonly notice?: StepNotice }
  | { readonly kind: 'finished'; readonly flow: Flow; readonly signedIn: BrowserSession }
  /** Another request was faster, or it took too long. */
  | { readonly kind: 'over' };

export type StepNotice = 'mail-sent' | 'password-saved' | 'verified';
