import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../platform/crypto/uuid.js';
import { MailTransport, messageOf, type OutboundMail } from './mail-transport.js';

export interface CapturedMail extends OutboundMail {
  readonly id: string;
  readonly capturedAt: string;
}

const keptMails = 200;

/** Development only: keeps mails as files, each as it would have been sent (`.eml`) and in parts for the page (`.json`). */
export class FileTransport extends MailTransport {
  constructor(readonly folder: string) {
    super();
  }

  override async send(mail: OutboundMail): Promise<string> {
    // Their links let anybody in who can read them.
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const id = newId();
    const { createTransport } = await import('nodemailer');
    const composer = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
    const { message } = await composer.sendMail(messageOf(mail));
    const captured: CapturedMail = { ...mail, id, capturedAt: new Date().toISOString() };
    await writeFile(join(this.folder, `${id}.eml`), message as Buffer, { mode: 0o600 });
    await writeFile(join(this.folder, `${id}.json`), JSON.stringify(captured), { mode: 0o600 });
    await this.forgetOld();
    return `kept as ${id}.eml`;
  }

  /** Newest first. */
  async list(): Promise<CapturedMail[]> {
    const mails = await Promise.all((await this.ids()).map((id) => this.find(id)));
    return mails.filter((mail) => mail !== null);
  }

  async find(id: string): Promise<CapturedMail | null> {
    const text = await readFile(join(this.folder, `${id}.json`), 'utf8').catch(() => null);
    return text === null ? null : (JSON.parse(text) as CapturedMail);
  }

  private async forgetOld(): Promise<void> {
    const old = (await this.ids()).slice(keptMails);
    await Promise.all(
      old.flatMap((id) =>
        ['eml', 'json'].map((type) => rm(join(this.folder, `${id}.${type}`), { force: true })),
      ),
    );
  }

  /** Ids begin with the time, so their order is that of the mails. */
  private async ids(): Promise<string[]> {
    const files = await readdir(this.folder).catch(() => []);
    return files
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .sort()
      .reverse();
  }
}
