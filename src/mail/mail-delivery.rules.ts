/** What the worker knows of a mail that it has claimed. */
export interface ClaimedMail {
  readonly organizationStatus: string;
  readonly queuedAt: Date;
  readonly toEmail: string;
  readonly tokenType: string | null;
  /** The user whom the mail is about; null where it is about none. */
  readonly userId: string | null;
  readonly userEmail: string | null;
  readonly userPendingEmail: string | null;
}

/** `wait` tries again later, `never` gives up. */
export type Refusal = { readonly verdict: 'wait' | 'never'; readonly answer: string };

/** Seconds for which a worker has a mail to itself. Whoever crashes with it loses it then. */
export const claimSeconds = 300;
/** What a server may take for one mail; far less than a claim, so that a mail never has two senders. */
export const sendingMilliseconds = 120_000;

const hour = 3_600;
const firstDelaySeconds = 30;
const longestDelaySeconds = 6 * hour;
/** Nobody waits longer for a mail of this kind; a server that was away over a weekend still gets it. */
const patienceSeconds = 72 * hour;

/**
 * Why a mail must not go out now, or null if it may. A link must reach who has the account now: the address may have
 * changed since the mail was queued.
 */
export function decideSending(mail: ClaimedMail, now: Date): Refusal | null {
  if (secondsSince(mail.queuedAt, now) > patienceSeconds) return never('It waited for more than three days');
  if (mail.organizationStatus !== 'active') return wait('The organization is suspended');
  if (mail.userId !== null && mail.tokenType !== null && mail.tokenType !== 'invitation') {
    const expected = mail.tokenType === 'email_change' ? mail.userPendingEmail : mail.userEmail;
    if (expected !== mail.toEmail) return never('The address is no longer that of the user');
  }
  return null;
}

/** Until the next attempt, in seconds; null when it is not worth another. @param attempts made so far */
export function delayAfter(attempts: number, queuedAt: Date, now: Date): number | null {
  const delay = Math.min(firstDelaySeconds * 2 ** Math.min(attempts - 1, 20), longestDelaySeconds);
  return secondsSince(queuedAt, now) + delay > patienceSeconds ? null : delay;
}

/** What nodemailer tells of a failure. */
export interface SendingError {
  readonly message: string;
  readonly code?: string | undefined;
  readonly command?: string | undefined;
  readonly response?: string | undefined;
  readonly responseCode?: number | undefined;
}

/** What a server may refuse for good: this mail. What it says of the connection or the credentials, somebody will mend. */
const aboutTheMail = /^(MAIL FROM|RCPT TO|DATA)/;
/** "Authentication required" and its like (RFC 4954, section 6). */
const aboutCredentials = new Set([530, 534, 535, 538]);

export function judgeFailure(error: SendingError): Refusal {
  const { responseCode, command, response, message, code } = error;
  const answer = response ?? `${message}${code === undefined ? '' : ` (${code})`}`;
  const isFinal =
    responseCode !== undefined &&
    responseCode >= 500 &&
    responseCode < 600 &&
    !aboutCredentials.has(responseCode) &&
    (command === undefined || aboutTheMail.test(command)) &&
    code !== 'EAUTH';
  return isFinal ? never(answer) : wait(answer);
}

/** What is kept of an answer. A server that repeats what it got could repeat a link. */
export function keptAnswer(answer: string): string {
  return answer
    .replace(/ten_[a-z]{3}_[A-Za-z0-9_-]+/g, '[token]')
    .replace(/https?:\/\/\S+/g, '[link]')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 500);
}

/** Addresses, and what mail programs take for the name of a host: also one that ends in digits, and the full stops of others. */
const linkLike = /[<>@/\\:]|www\.|[\p{L}\p{M}\p{N}-][.。]\p{L}[\p{L}\p{M}\p{N}-]|\d[.。]\d+[.。]\d/iu;
/** Control characters, line ends, and marks that turn the direction of what follows. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu;

/**
 * How a mail may call somebody. A name that holds an address or a link is a message by whoever signed up, to somebody
 * who never heard of them: it is left out.
 */
export function presentableName(name: string | null): string | null {
  if (name === null || linkLike.test(name.normalize('NFKC').replace(/\p{Cf}+/gu, ''))) return null;
  const clean = name.replace(unseen, ' ').trim();
  return clean === '' || clean.length > 100 ? null : clean;
}

/** Locales in which a mail is looked for, best first: `de-AT`, then `de`, then the organization's, then English. */
export function localesToTry(wanted: string | null, organizationLocale: string | null): string[] {
  const tried = [wanted, organizationLocale].flatMap((locale) => {
    const canonical = canonicalLocale(locale);
    return canonical === null ? [] : [canonical, canonical.split('-')[0]!];
  });
  return [...new Set([...tried, 'en'])];
}

/** `DE_at` is `de-AT`; null for what names no language. Scripts and variants make no difference to a mail. */
export function canonicalLocale(text: string | null): string | null {
  const match = /^([a-z]{2,3})(?:[-_][a-z]{4})?(?:[-_]([a-z]{2}))?(?:[-_].*)?$/i.exec(text ?? '');
  if (match === null) return null;
  return match[1]!.toLowerCase() + (match[2] === undefined ? '' : `-${match[2].toUpperCase()}`);
}

const secondsSince = (then: Date, now: Date): number => (now.getTime() - then.getTime()) / 1_000;
const wait = (answer: string): Refusal => ({ verdict: 'wait', answer });
const never = (answer: string): Refusal => ({ verdict: 'never', answer });
