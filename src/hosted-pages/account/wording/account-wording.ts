import type { NoticeCode } from '../account-notices.js';
import type { SectionName } from '../account-sections.js';

type FieldName =
  | 'fullName'
  | 'givenName'
  | 'familyName'
  | 'displayName'
  | 'phoneNumber'
  | 'locale'
  | 'timeZone'
  | 'file'
  | 'currentPassword'
  | 'password'
  | 'again'
  | 'email'
  | 'verifyCode'
  | 'changeCode';

/** Everything that the pages of an account say in one language. */
export interface AccountWording {
  readonly sections: Readonly<Record<SectionName, string>>;
  readonly notices: Readonly<Record<NoticeCode, string>>;
  readonly signOut: string;
  readonly cancel: string;
  readonly notSet: string;
  readonly older: string;
  readonly newest: string;
  /** What the fields are called, by their names. */
  readonly fields: Readonly<Record<FieldName, string>>;
  readonly overview: {
    readonly title: string;
    readonly lead: (organization: string) => string;
    readonly security: string;
    readonly yours: string;
    readonly manage: string;
    readonly manageSpoken: (section: string) => string;
    readonly memberSince: (date: string) => string;
    readonly profileText: string;
    readonly passwordChanged: string;
    readonly noPassword: string;
    readonly devices: (count: number, isMore: boolean) => string;
    readonly applications: (count: number, isMore: boolean) => string;
    readonly linkedAccountsText: string;
    readonly activityText: string;
    readonly dataText: string;
    readonly noEmail: string;
    readonly pendingEmail: string;
  };
  readonly profile: {
    readonly lead: string;
    readonly aboutYou: string;
    readonly displayNameHint: string;
    readonly phoneNumberHint: string;
    readonly localeHint: string;
    readonly anyLocale: string;
    readonly anyTimeZone: string;
    readonly save: string;
    readonly savedMeanwhile: (value: string) => string;
    readonly stale: string;
  };
  readonly picture: {
    readonly title: string;
    readonly text: string;
    readonly present: string;
    readonly none: string;
    readonly fileHint: string;
    readonly save: string;
    readonly remove: string;
  };
  readonly password: {
    readonly lead: string;
    readonly changed: string;
    readonly endsOthers: string;
    readonly account: string;
    readonly save: string;
    readonly noneTitle: string;
    readonly noneText: (email: string) => string;
    readonly noneWithoutEmail: string;
    readonly mailLink: string;
  };
  readonly email: {
    readonly lead: (organization: string) => string;
    readonly present: string;
    readonly verified: string;
    readonly unverified: string;
    readonly none: string;
    readonly unverifiedText: string;
    readonly verify: string;
    readonly verifyCodeHint: string;
    readonly confirmCode: string;
    readonly pendingTitle: string;
    readonly pendingText: (email: string) => string;
    readonly pendingBadge: string;
    readonly pendingCodeHint: string;
    readonly resend: string;
    readonly withdraw: string;
    readonly change: string;
    readonly add: string;
    readonly changeTitle: string;
    readonly changeText: (present: string | null) => string;
    readonly submit: string;
  };
  readonly sessions: {
    readonly lead: string;
    readonly here: string;
    readonly others: string;
    readonly noOthers: string;
    readonly current: string;
    readonly device: (program: string | null, system: string | null) => string;
    readonly place: string;
    readonly unknownPlace: string;
    readonly signedIn: string;
    readonly lastUsed: string;
    readonly end: string;
    readonly endSpoken: (device: string) => string;
    readonly endOthersTitle: string;
    readonly endOthersText: string;
    readonly endOthers: string;
  };
  readonly applications: {
    readonly lead: (organization: string) => string;
    readonly none: string;
    readonly since: string;
    readonly firstParty: (organization: string) => string;
    readonly revoke: string;
    readonly revokeSpoken: (application: string) => string;
    readonly ownApi: (organization: string) => string;
    readonly signInOnly: string;
    /** What the standard scopes let an application know or do; what is not there says nothing by itself. */
    readonly scopes: Readonly<Record<string, string>>;
  };
  readonly linkedAccounts: {
    readonly lead: string;
    readonly none: string;
    readonly linkedSince: string;
    readonly lastUsed: string;
    readonly switchedOff: string;
    readonly unlink: string;
    readonly unlinkSpoken: (provider: string, account: string) => string;
    readonly lastWay: string;
    readonly linkTitle: string;
    readonly linkText: string;
    readonly link: (provider: string) => string;
    readonly proveFirst: string;
    readonly prove: string;
  };
  readonly activity: {
    readonly lead: string;
    readonly changes: string;
    readonly changesText: string;
    readonly noChanges: string;
    readonly what: string;
    readonly when: string;
    readonly who: string;
    readonly byYou: string;
    readonly bySomebody: string;
    readonly byNobody: string;
    readonly fromTo: (from: string, to: string) => string;
    readonly days: string;
    readonly daysText: string;
    readonly noDays: string;
    readonly day: string;
    readonly howOften: string;
    readonly lastAt: string;
    readonly changeKinds: Readonly<Record<string, string>>;
    readonly activityKinds: Readonly<Record<string, string>>;
    readonly statuses: Readonly<Record<string, string>>;
  };
  readonly data: {
    readonly lead: string;
    readonly exportTitle: string;
    readonly exportText: string;
    readonly export: string;
    readonly deactivateTitle: string;
    readonly deactivateText: string;
    readonly deactivate: string;
    readonly deleteTitle: string;
    readonly deleteText: string;
    readonly delete: string;
  };
  readonly deactivation: {
    readonly title: string;
    readonly lead: (organization: string) => string;
    readonly effects: readonly string[];
    readonly submit: string;
    readonly doneTitle: string;
    readonly doneText: (organization: string) => string;
  };
  readonly deletion: {
    readonly title: string;
    readonly lead: (organization: string) => string;
    readonly effects: readonly string[];
    readonly understood: string;
    readonly submit: string;
    readonly doneTitle: string;
    readonly doneText: (organization: string) => string;
  };
  readonly flaws: {
    readonly missing: string;
    readonly wrongPassword: string;
    readonly wait: (seconds: number) => string;
    readonly samePassword: string;
    readonly differs: string;
    readonly badName: string;
    readonly badPhoneNumber: string;
    readonly phoneNumberTaken: string;
    readonly badLocale: string;
    readonly badTimeZone: string;
    readonly badEmail: string;
    readonly sameEmail: string;
    readonly badCode: string;
    readonly wrongCode: string;
    readonly noFile: string;
    readonly fileTooLarge: string;
    readonly unsupportedImage: string;
    readonly invalidImage: string;
    readonly notUnderstood: string;
    readonly lastOwner: string;
    readonly tooMany: string;
    readonly busy: string;
    readonly gone: string;
  };
}
