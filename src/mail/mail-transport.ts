export interface MailAddress {
  readonly name: string;
  readonly address: string;
}

/** A mail as it leaves. Addresses stay objects: joined text could be read as another address. */
export interface OutboundMail {
  readonly from: MailAddress;
  readonly replyTo: string | null;
  readonly to: MailAddress;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly messageId: string;
  readonly locale: string;
}

/** The way out of the house. */
export abstract class MailTransport {
  /**
   * Hands a mail over, and tells what the other side answered.
   *
   * @throws SendingError as in mail-delivery.rules
   */
  abstract send(mail: OutboundMail, signal: AbortSignal): Promise<string>;
}

/** How every transport puts a mail. */
export function messageOf(mail: OutboundMail) {
  return {
    from: mail.from,
    to: mail.to,
    ...(mail.replyTo !== null && { replyTo: { name: '', address: mail.replyTo } }),
    subject: mail.subject,
    text: mail.text,
    ...(mail.html !== null && { html: mail.html }),
    messageId: mail.messageId,
    headers: {
      'Content-Language': mail.locale,
      // RFC 3834: nobody's out-of-office reply is wanted.
      'Auto-Submitted': 'auto-generated',
    },
    // Nothing in a mail is fetched or read from disk, whatever a template says.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
