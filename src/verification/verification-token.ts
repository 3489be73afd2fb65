/** What a token is for. One of one type is nothing as another. */
export type VerificationTokenType =
  'email_verification' | 'password_reset' | 'email_change' | 'magic_link' | 'invitation' | 'setup';

export interface NewVerificationToken {
  readonly type: VerificationTokenType;
  readonly userId?: string | null;
  /** What it is about where that is no user, such as an invitation. */
  readonly subjectId?: string | null;
  readonly payload?: Record<string, unknown>;
  /** The mail that carries it; the address that it proves is the one the mail goes to. */
  readonly mailId?: string | null;
}

export interface ConsumedToken {
  readonly id: string;
  readonly userId: string | null;
  readonly subjectId: string | null;
  readonly payload: Record<string, unknown>;
}
