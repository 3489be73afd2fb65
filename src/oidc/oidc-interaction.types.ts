/** By what an interaction is found again: its id, which stands in the address, and the name of the browser that began it. */
export interface InteractionKey {
  readonly uid: string;
  /** See `FormGuard.browserOf`. */
  readonly browser: string | null;
}

/** `create` wants a new account, `select_account` another one than perhaps is there; all but `consent` lead to signing in. */
export type InteractionPrompt = 'login' | 'consent' | 'create' | 'select_account';

export interface AskedScope {
  readonly name: string;
  /** By language; empty for the standard ones, which pages describe by themselves. */
  readonly descriptions: Readonly<Record<string, string>>;
}

export interface AskedResource {
  readonly identifier: string;
  readonly name: string;
  /** The product's own API, whose scopes are permissions. */
  readonly isSystem: boolean;
  readonly scopes: readonly { readonly name: string; readonly description: string | null }[];
}

/** Somebody whom an application has sent here, and what it wants to know of them. */
export interface Interaction {
  readonly uid: string;
  readonly prompt: InteractionPrompt;
  /** Why, in the engine's words: `no_session`, `max_age`, `login_prompt`, `op_scopes_missing` and more. */
  readonly reasons: readonly string[];
  readonly application: {
    readonly id: string;
    readonly name: string;
    readonly isFirstParty: boolean;
    readonly logoUrl: string | null;
    readonly clientUri: string | null;
    readonly policyUri: string | null;
    readonly tosUri: string | null;
  };
  /** What has not been allowed yet; all that is asked for where the person is asked once more. */
  readonly scopes: readonly AskedScope[];
  readonly claims: readonly string[];
  readonly resources: readonly AskedResource[];
  readonly loginHint: string | null;
  readonly maxAge: number | null;
  readonly acrValues: readonly string[];
  readonly uiLocales: string | null;
  /** Where the person goes in the end; for `form-action` of the pages on the way. Null for a device. */
  readonly redirectUri: string | null;
  /** The session that it began in, or that signing in has given it. */
  readonly sessionId: string | null;
}

export interface InteractionSession {
  readonly id: string;
  readonly userId: string;
  readonly authTime: Date;
  /** As in `amr`. */
  readonly methods: readonly string[];
}
