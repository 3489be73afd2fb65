import { createServer, type Server, type Socket } from 'node:net';

interface Entry {
  value: string;
  /** Milliseconds since 1970; null for ever. */
  until: number | null;
}

/**
 * As much of Redis as the product uses: strings that expire, in the protocol RESP 2. It can be killed, forget everything and
 * fall silent, which a real one does at moments that no test can choose.
 */
export class RedisServer {
  readonly #entries = new Map<string, Entry>();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  readonly #whenSpeaking = new Set<() => void>();
  #isSilent = false;

  static async start(): Promise<RedisServer> {
    const server = new RedisServer();
    await server.listen();
    return server;
  }

  /** While it is silent it takes what comes, like a process that was stopped, and answers when it goes on. */
  set isSilent(isSilent: boolean) {
    this.#isSilent = isSilent;
    if (!isSilent) for (const goOn of this.#whenSpeaking) goOn();
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  get keys(): string[] {
    return [...this.#entries.keys()].filter((key) => this.get(key) !== null).sort();
  }

  get(key: string): string | null {
    const entry = this.#entries.get(key);
    return entry === undefined || (entry.until !== null && entry.until <= Date.now()) ? null : entry.value;
  }

  /** Seconds that a key has left; null for ever. */
  secondsLeft(key: string): number | null {
    const { until = null } = this.#entries.get(key) ?? {};
    return until === null ? null : (until - Date.now()) / 1_000;
  }

  /** @param except what begins with this stays */
  forgetEverything(except?: string): void {
    for (const key of this.#entries.keys()) {
      if (except === undefined || !key.startsWith(except)) this.#entries.delete(key);
    }
  }

  /** Gone from one moment to the next; what it held stays. */
  async kill(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** At the same address as before. */
  async listen(): Promise<void> {
    this.#server = createServer((socket) => this.serve(socket));
    await new Promise<void>((resolve) => this.#server!.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as { port: number }).port;
  }

  private serve(socket: Socket): void {
    let rest = Buffer.alloc(0);
    this.#sockets.add(socket);
    socket.on('error', () => {});
    const answerAll = (): void => {
      for (let read = readCommand(rest); read !== null && !this.#isSilent; read = readCommand(rest)) {
        rest = rest.subarray(read.length);
        socket.write(this.answer(read.words));
      }
    };
    this.#whenSpeaking.add(answerAll);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#whenSpeaking.delete(answerAll);
    });
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      answerAll();
    });
  }

  private answer([name = '', ...rest]: string[]): string {
    const command = name.toUpperCase();
    if (command === 'PING') return '+PONG\r\n';
    const [key = '', value = ''] = rest;
    switch (command) {
      case 'SET':
        return this.set(key, value, rest.slice(2));
      case 'GET':
        return bulk(this.get(key));
      case 'MGET':
        return `*${rest.length}\r\n${rest.map((wanted) => bulk(this.get(wanted))).join('')}`;
      case 'EXISTS':
        return `:${rest.filter((wanted) => this.get(wanted) !== null).length}\r\n`;
      default:
        return `-ERR unknown command '${name}'\r\n`;
    }
  }

  private set(key: string, value: string, [option = '', milliseconds = '']: string[]): string {
    if (option !== '' && option.toUpperCase() !== 'PX') return '-ERR syntax error\r\n';
    this.#entries.set(key, { value, until: option === '' ? null : Date.now() + Number(milliseconds) });
    return '+OK\r\n';
  }
}

const bulk = (text: string | null): string =>
  text === null ? '$-1\r\n' : `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

/** The first command in what has arrived, and how long it is; null while it is not whole. */
function readCommand(bytes: Buffer): { words: string[]; length: number } | null {
  let at = 0;
  const line = (): string | null => {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return null;
    const text = bytes.toString('utf8', at, end);
    at = end + 2;
    return text;
  };
  const count = line();
  if (count === null) return null;
  const words: string[] = [];
  for (let index = 0; index < Number(count.slice(1)); index += 1) {
    const size = line();
    if (size === null || bytes.length < at + Number(size.slice(1)) + 2) return null;
    words.push(bytes.toString('utf8', at, at + Number(size.slice(1))));
    at += Number(size.slice(1)) + 2;
  }
  return { words, length: at };
}
