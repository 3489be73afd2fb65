import type { ShellWording } from '../../platform/http/html/shell-wording.js';

/** A page that asks for a click, and what it says once that has come. Functions get the organization's name. */
export interface LinkWording {
  readonly title: string;
  readonly text: (organization: string) => string;
  readonly button: string;
  readonly doneTitle: string;
  readonly doneText: (organization: string) => string;
}

/** Everything that the pages say in one language. */
export interface Wording {
  readonly shell: ShellWording;
  /** What the language calls itself. */
  readonly languageName: string;
  readonly verifyEmail: LinkWording;
  readonly emailChange: LinkWording;
  readonly magicLink: LinkWording & { readonly doneAs: (person: string) => string };
  readonly passwordReset: LinkWording;
  readonly invitation: LinkWording & {
    readonly openTitle: (organization: string) => string;
    readonly openText: (inviter: string | null, organization: string) => string;
    readonly messageFrom: (inviter: string | null) => string;
    readonly newUserText: (email: string) => string;
    readonly signedInText: (email: string) => string;
    readonly acceptButton: string;
    readonly validUntil: (moment: string) => string;
    readonly accountExists: (email: string, organization: string) => string;
    readonly outdated: string;
    readonly doneNewText: (email: string) => string;
  };
  readonly fields: {
    readonly email: string;
    readonly newPassword: string;
    readonly password: string;
    readonly passwordHint: string;
    readonly fullName: string;
  };
  readonly flaws: {
    readonly tooShort: (needed: string) => string;
    readonly guessable: string;
    readonly known: string;
    readonly tooLong: string;
    readonly missing: string;
    readonly badName: string;
  };
  readonly failures: {
    readonly deadLinkTitle: string;
    readonly deadLinkText: string;
    readonly notFoundTitle: string;
    readonly notFoundText: string;
    readonly staleTitle: string;
    readonly staleText: string;
    readonly crossSiteTitle: string;
    readonly crossSiteText: string;
    readonly busyTitle: string;
    readonly busyText: string;
    readonly failedTitle: string;
    readonly failedText: (requestId: string) => string;
  };
}
