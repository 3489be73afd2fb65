/** What the pages say on the way to a provider and back, in one language. `provider` is always its name for people. */
export interface ProviderWording {
  readonly with: (provider: string) => string;
  readonly reference: string;
  readonly back: string;
  readonly toAccount: string;
  readonly failedTitle: (provider: string) => string;
  readonly deniedTitle: string;
  readonly denied: (provider: string) => string;
  readonly outageTitle: (provider: string) => string;
  readonly outage: (provider: string) => string;
  readonly wrong: (provider: string) => string;
  readonly overTitle: string;
  readonly expired: string;
  readonly used: string;
  readonly browser: string;
  readonly changed: string;
  readonly refused: {
    readonly notLinked: (provider: string) => string;
    readonly unavailable: string;
    readonly linkedElsewhere: string;
    readonly closed: (organization: string) => string;
    readonly domain: string;
    readonly reauthentication: string;
    readonly signedOut: string;
    readonly organization: (provider: string) => string;
    readonly other: (provider: string) => string;
  };
  readonly onward: {
    readonly title: (provider: string) => string;
    readonly text: (provider: string) => string;
    readonly button: (provider: string) => string;
  };
  readonly verification: { readonly title: string; readonly text: (email: string) => string };
  readonly test: {
    readonly title: string;
    readonly lead: (provider: string, organization: string) => string;
    readonly button: (provider: string) => string;
    readonly doneTitle: string;
    readonly done: string;
    readonly outcome: string;
    readonly roles: string;
    readonly claims: string;
    readonly claim: string;
    readonly value: string;
  };
}
