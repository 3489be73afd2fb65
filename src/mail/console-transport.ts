import { MailTransport, type OutboundMail } from './mail-transport.js';

/** Development only: prints mails, with their links, where the developer sits. */
export class ConsoleTransport extends MailTransport {
  override async send({ to, subject, text }: OutboundMail): Promise<string> {
    // oxlint-disable-next-line no-console -- printing is what this transport is for
    console.log(`\nMail to ${to.address}: ${subject}\n\n${text}\n`);
    return 'printed';
  }
}
