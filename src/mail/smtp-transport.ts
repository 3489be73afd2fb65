import type { Transporter } from 'nodemailer';
import type { Config } from '../platform/config/settings.js';
import { sendingMilliseconds } from './mail-delivery.rules.js';
import { MailTransport, messageOf, type OutboundMail } from './mail-transport.js';

const loopbackHosts = new Set(['localhost', '127.0.0.1', '::1', '[::1]']);

/** One connection a mail, with TLS that is verified, and an end to every wait. */
export class SmtpTransport extends MailTransport {
  readonly #options: object;
  #transporter: Transporter | undefined;

  constructor({ smtpUrl, smtpTls }: Config['mail']) {
    super();
    const url = new URL(smtpUrl!.reveal());
    const secure = url.protocol === 'smtps:';
    const host = url.hostname.replace(/^\[|\]$/g, '');
    this.#options = {
      host,
      port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
      secure,
      requireTLS: !secure && smtpTls === 'required' && !loopbackHosts.has(url.hostname),
      ...(url.username !== '' && {
        auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
      }),
      tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true },
      dnsTimeout: 10_000,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 30_000,
    };
  }

  override async send(mail: OutboundMail, signal: AbortSignal): Promise<string> {
    // A server that answers a byte now and then would hold the mail beyond its claim.
    const deadline = AbortSignal.timeout(sendingMilliseconds);
    const { response } = await (
      await this.transporter()
    ).sendMail({
      ...messageOf(mail),
      envelope: { from: mail.from.address, to: [mail.to.address] },
      signal: AbortSignal.any([signal, deadline]),
    });
    return response ?? 'accepted';
  }

  private async transporter(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    return (this.#transporter ??= createTransport(this.#options));
  }
}
