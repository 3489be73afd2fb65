import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { bodiesOf, headersOf } from './mime.js';

export interface ReceivedMail {
  from: string;
  /** As in the envelope: whom the server was told to give it to. */
  to: string[];
  /** Names in lower case; unfolded. */
  headers: Record<string, string>;
  subject: string;
  text: string;
  html: string | null;
  /** The first link of the text. */
  link: string | null;
  /** What the link carries. */
  token: string | null;
  source: string;
}

/** What the server does with the next mail; null accepts it. */
export type Behaviour = (
  | { at: 'greeting' | 'sender' | 'recipient' | 'data'; answer: readonly [code: number, text: string] }
  | { at: 'greeting' | 'data'; stalls: true }
  /** Takes the whole mail, and goes away without a word. */
  | { at: 'data'; drops: true }
) & { times?: number };

/** A real mail server in the process of the test. */
export class Mailbox {
  readonly #server: SMTPServer;
  readonly #received: ReceivedMail[] = [];
  readonly #behaviours: (Behaviour & { times: number })[] = [];
  readonly #deliver: () => Promise<void>;
  #stalled = 0;

  private constructor(deliver: () => Promise<void>, options: SMTPServerOptions) {
    this.#deliver = deliver;
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: options.secure ? ['AUTH'] : ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      logger: false,
      closeTimeout: 100,
      onConnect: (_session, done) => this.behave('greeting', done),
      onMailFrom: (_address, _session, done) => this.behave('sender', done),
      onRcptTo: (_address, _session, done) => this.behave('recipient', done),
      onData: (stream, session, done) => void this.receive(stream, session, done),
      ...options,
    });
    // What clients do to a connection is theirs to report.
    this.#server.on('error', () => {});
  }

  /** @param deliver makes the worker send what is due */
  static async start(
    deliver: () => Promise<void> = async () => {},
    options: SMTPServerOptions = {},
  ): Promise<Mailbox> {
    const mailbox = new Mailbox(deliver, options);
    await new Promise<void>((resolve) => mailbox.#server.listen(0, '127.0.0.1', resolve));
    // A test whose app did not start has nobody who would stop this.
    mailbox.#server.server.unref();
    return mailbox;
  }

  get url(): string {
    return `${this.#server.options.secure ? 'smtps' : 'smtp'}://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  /** Everything received so far and not taken by `next`, without making anything send. */
  get waiting(): readonly ReceivedMail[] {
    return this.#received;
  }

  /** Connections that were left without an answer so far. */
  get stalled(): number {
    return this.#stalled;
  }

  /** The next `times` mails meet this, after what was said before. */
  behaves(...behaviours: Behaviour[]): void {
    this.#behaviours.push(...behaviours.map((behaviour) => ({ times: 1, ...behaviour })));
  }

  /** Sends what is due, and takes the oldest mail to this address out of the box. */
  async next(address: string): Promise<ReceivedMail> {
    await this.#deliver();
    const index = this.#received.findIndex(({ to }) => to.includes(address));
    if (index === -1) {
      const others = this.#received.map(({ to, subject }) => `${to.join(', ')}: ${subject}`).join('; ');
      throw new Error(`there is no mail to ${address}; there are: ${others || 'none'}`);
    }
    return this.#received.splice(index, 1)[0]!;
  }

  /** Sends what is due, and takes every mail to this address out of the box. */
  async all(address: string): Promise<ReceivedMail[]> {
    await this.#deliver();
    const mails = this.#received.filter(({ to }) => to.includes(address));
    for (const mail of mails) this.#received.splice(this.#received.indexOf(mail), 1);
    return mails;
  }

  /** Sends what is due, and throws all mails away. */
  async clear(): Promise<void> {
    await this.#deliver();
    this.#received.length = 0;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(resolve));
  }

  private behave(at: Behaviour['at'], done: (error?: Error | null) => void): void {
    const behaviour = this.expected(at);
    if (behaviour === null) done();
    else if ('answer' in behaviour) done(refusal(behaviour.answer));
    else this.#stalled++;
  }

  private async receive(
    stream: Readable & { sizeExceeded?: boolean },
    session: { envelope: { mailFrom: unknown; rcptTo: { address: string }[] }; id: string },
    done: (error: Error | null, message?: string) => void,
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const behaviour = this.expected('data');
    if (behaviour !== null && 'answer' in behaviour) return done(refusal(behaviour.answer));
    if (behaviour !== null && 'stalls' in behaviour) {
      this.#stalled++;
      return;
    }
    const { mailFrom, rcptTo } = session.envelope;
    this.#received.push(
      receivedMail(
        Buffer.concat(chunks).toString(),
        (mailFrom as { address?: string }).address ?? '',
        rcptTo.map(({ address }) => address),
      ),
    );
    if (behaviour === null) return done(null, 'kept');
    for (const connection of this.#server.connections as Set<{ id: string; _socket: { destroy(): void } }>) {
      if (connection.id === session.id) connection._socket.destroy();
    }
  }

  private expected(at: Behaviour['at']): Behaviour | null {
    const [next] = this.#behaviours;
    if (next === undefined || next.at !== at) return null;
    if (--next.times === 0) this.#behaviours.shift();
    return next;
  }
}

function refusal([code, text]: readonly [number, string]): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

function receivedMail(source: string, from: string, to: string[]): ReceivedMail {
  const headers = headersOf(source);
  const { text, html } = bodiesOf(source);
  const link = /https?:\/\/\S+/.exec(text)?.[0] ?? null;
  return {
    from,
    to,
    headers,
    subject: headers['subject'] ?? '',
    text,
    html,
    link,
    token: link === null ? null : new URL(link).searchParams.get('token'),
    source,
  };
}
