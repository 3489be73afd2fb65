declare module 'passport-google-oauth20' {
  /** Of its surface what is used here; it has no types of its own. */
  interface StrategyOptions {
    readonly clientID: string;
    readonly clientSecret: string;
    readonly callbackURL: string;
    readonly authorizationURL: string;
    readonly tokenURL: string;
    readonly userProfileURL: string;
    readonly scope: string[];
    readonly pkce: 'S256';
    readonly state: true;
    readonly store: object;
  }

  interface OAuth2 {
    useAuthorizationHeaderforGET(isUsed: boolean): void;
    _request: (
      method: string,
      url: string,
      headers: Record<string, string> | null,
      body: string | null,
      accessToken: string | null,
      done: (error: unknown, body?: string, response?: { statusCode: number }) => void,
    ) => void;
  }

  export class Strategy {
    constructor(
      options: StrategyOptions,
      verify: (
        accessToken: string,
        refreshToken: string | undefined,
        answer: Record<string, unknown>,
        profile: { _json: Record<string, unknown> },
        done: (error: Error | null, user: object) => void,
      ) => void,
    );

    _oauth2: OAuth2;
    authenticate(request: { query: Record<string, string> }, options: Record<string, unknown>): void;
    authorizationParams: (options: Record<string, unknown>) => Record<string, string>;
    /** Given by whoever runs the strategy; passport does otherwise. */
    success: (user: object) => void;
    fail: (challenge?: unknown) => void;
    error: (error: Error) => void;
    redirect: (address: string) => void;
  }
}
