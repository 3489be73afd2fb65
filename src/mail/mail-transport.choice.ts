import { join } from 'node:path';
import type { Config } from '../platform/config/settings.js';
import { ConsoleTransport } from './console-transport.js';
import { FileTransport } from './file-transport.js';
import type { MailTransport } from './mail-transport.js';
import { SmtpTransport } from './smtp-transport.js';

/** The way out that the settings name; null where mails can only wait. */
export function chooseTransport({ mail, server }: Config): MailTransport | null {
  const chosen =
    mail.transport ?? (mail.smtpUrl !== null ? 'smtp' : server.environment === 'production' ? null : 'file');
  if (chosen === 'smtp') return new SmtpTransport(mail);
  if (chosen === 'file') return new FileTransport(join(server.dataDir, 'mails'));
  return chosen === 'console' ? new ConsoleTransport() : null;
}
