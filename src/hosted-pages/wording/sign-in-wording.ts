/** What the pages say on the way to a session and out of it, in one language. `organization` is always its name. */
export interface SignInWording {
  readonly signIn: {
    readonly title: string;
    readonly lead: (organization: string) => string;
    /** For whoever comes from an application. */
    readonly leadFor: (application: string) => string;
    readonly identifier: string;
    readonly next: string;
    readonly button: string;
    readonly passwordTitle: string;
    readonly change: string;
    readonly forgotten: string;
    readonly noAccount: string;
    readonly signUp: string;
    readonly or: string;
    readonly magicLink: string;
  };
  readonly again: {
    readonly title: string;
    readonly lead: string;
    readonly button: string;
    readonly otherAccount: string;
  };
  readonly choice: {
    readonly title: string;
    readonly lead: (application: string) => string;
    readonly goOn: string;
    readonly other: string;
  };
  readonly signUp: {
    readonly title: string;
    readonly lead: (organization: string) => string;
    readonly button: string;
    readonly haveAccount: string;
    readonly signIn: string;
    readonly closedTitle: string;
    readonly closed: (organization: string) => string;
    readonly invitationOnly: (organization: string) => string;
    readonly allowedDomains: (domains: string) => string;
  };
  readonly mail: {
    readonly title: string;
    readonly code: string;
    readonly codeHint: string;
    readonly useCode: string;
    readonly again: string;
    readonly sentAgain: string;
    readonly nothing: string;
    readonly back: string;
  };
  readonly verification: {
    readonly newLead: (email: string) => string;
    readonly owedLead: (email: string) => string;
    readonly followed: string;
    readonly notYet: string;
    readonly verified: string;
  };
  readonly magicLink: { readonly lead: (identifier: string) => string; readonly withPassword: string };
  readonly reset: {
    readonly askTitle: string;
    readonly askLead: string;
    readonly askButton: string;
    readonly administratorsOnly: (organization: string) => string;
    readonly lead: (identifier: string) => string;
    readonly button: string;
    readonly saved: string;
  };
  readonly consent: {
    readonly title: (application: string) => string;
    readonly lead: (application: string, organization: string) => string;
    readonly ownWords: (application: string) => string;
    readonly profile: string;
    readonly email: string;
    readonly phone: string;
    readonly address: string;
    readonly offline: string;
    readonly organization: string;
    readonly roles: string;
    readonly permissions: string;
    readonly signIn: string;
    readonly claims: (names: string) => string;
    readonly api: (name: string) => string;
    readonly ownApi: string;
    readonly permission: (name: string) => string;
    readonly allow: string;
    readonly deny: string;
    readonly takeBack: string;
    readonly website: string;
    readonly privacy: string;
    readonly terms: string;
  };
  readonly device: {
    readonly title: string;
    readonly lead: string;
    readonly code: string;
    readonly codeHint: string;
    readonly button: string;
    readonly failures: {
      readonly missing: string;
      readonly unknown: string;
      readonly expired: string;
      readonly used: string;
      readonly aborted: string;
      readonly failed: string;
    };
    readonly confirmTitle: string;
    readonly confirmLead: (application: string) => string;
    readonly compare: string;
    readonly address: string;
    readonly program: string;
    readonly warning: string;
    readonly allow: string;
    readonly deny: string;
    readonly doneTitle: string;
    readonly done: (application: string) => string;
  };
  readonly signOut: {
    readonly title: string;
    readonly lead: (organization: string) => string;
    readonly leadFor: (application: string) => string;
    readonly button: string;
    readonly stay: string;
    readonly doneTitle: string;
    readonly done: (organization: string) => string;
    readonly signInAgain: string;
  };
  readonly landing: {
    readonly lead: string;
    readonly leadSignedIn: string;
    readonly account: string;
  };
  readonly protocol: {
    readonly errorTitle: string;
    readonly error: string;
    readonly errorCode: (code: string) => string;
    readonly overTitle: string;
    readonly over: string;
    readonly continueTitle: string;
    readonly continueButton: string;
  };
  readonly discovery: {
    readonly title: string;
    readonly lead: string;
    readonly button: string;
    readonly sentTitle: string;
    readonly sent: (email: string) => string;
  };
  readonly flaws: {
    readonly credentials: string;
    readonly wait: (seconds: number) => string;
    readonly tooMany: string;
    readonly busy: string;
    readonly email: string;
    readonly domain: string;
    readonly code: string;
    readonly emailForLink: string;
  };
}
