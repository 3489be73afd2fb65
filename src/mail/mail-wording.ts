/** A shipped mail in one language: plain sentences, with Liquid in them. Text and HTML are made from the same words. */
export interface MailWording {
  readonly subject: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  /** What the button says that leads to the link; null for a mail without one. */
  readonly button: string | null;
  /** Below the button. */
  readonly remarks: readonly string[];
}

/** What frames every mail of a language. */
export interface MailFrame {
  readonly greeting: string;
  readonly greetingWithName: string;
  /** Before the link in full, below the button. */
  readonly linkHint: string;
  /** Before the code, and what is to be known of it: for organizations that want codes. */
  readonly codeHint: string;
  readonly codeRemark: string;
  /** Before the addresses where people get help. */
  readonly help: string;
  readonly footer: string;
}
