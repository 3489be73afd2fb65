import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What one kind of client sends, one request after the other. */
export interface Load {
  readonly port: number;
  /** Ready bytes; each client takes the next one whenever it has got its answer. */
  readonly requests: readonly Buffer[];
  readonly clients: number;
  /** Stands in every good answer. */
  readonly expects: string;
}

export interface Outcome {
  readonly seconds: number;
  /** Good answers: status 200, and what was expected in them. */
  readonly good: number;
  readonly perSecond: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  /** Other answers, by status. */
  readonly others: ReadonlyMap<number, number>;
}

export interface Request {
  method: 'GET' | 'POST';
  path: string;
  token?: string;
  body?: unknown;
}

export function requestBytes({ method, path, token, body }: Request): Buffer {
  const content = body === undefined ? '' : JSON.stringify(body);
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'User-Agent: bench',
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    ...(body === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${content.length}`]),
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${content}`);
}

/**
 * Keeps each client busy with one request at a time on a connection of its own. A client by hand, since the core is
 * shared with the database: it costs a quarter of what an HTTP library costs, and must not become what is measured.
 */
export class Clients {
  readonly #load: Load;
  readonly #sockets: Socket[] = [];
  readonly #expects: Buffer;
  #next = 0;
  #stopped = false;
  #failure: Error | undefined;
  #latencies: number[] = [];
  #others = new Map<number, number>();

  constructor(load: Load) {
    this.#load = load;
    this.#expects = Buffer.from(load.expects);
    for (let client = 0; client < load.clients; client++) this.#sockets.push(this.#start());
  }

  /** Counts what is answered from now on. */
  async measure(milliseconds: number): Promise<Outcome> {
    this.#latencies = [];
    this.#others = new Map();
    const startedAt = performance.now();
    await sleep(milliseconds);
    if (this.#failure) throw this.#failure;
    const seconds = (performance.now() - startedAt) / 1_000;
    const latencies = Float64Array.from(this.#latencies).sort();
    return {
      seconds,
      good: latencies.length,
      perSecond: latencies.length / seconds,
      p50Milliseconds: latencies[Math.floor(latencies.length * 0.5)] ?? NaN,
      p99Milliseconds: latencies[Math.floor(latencies.length * 0.99)] ?? NaN,
      others: this.#others,
    };
  }

  stop(): void {
    this.#stopped = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #start(): Socket {
    const socket = connect({ host: '127.0.0.1', port: this.#load.port, noDelay: true });
    let sentAt = 0;
    let received: Buffer | null = null;
    const send = (): void => {
      sentAt = performance.now();
      const { requests } = this.#load;
      socket.write(requests[this.#next++ % requests.length]!);
    };
    socket.on('connect', send);
    socket.on('data', (chunk: Buffer) => {
      received = received === null ? chunk : Buffer.concat([received, chunk]);
      if (!isWhole(received)) return;
      const status = Number(received.toString('latin1', 9, 12));
      const isGood = status === 200 && received.includes(this.#expects);
      received = null;
      if (isGood) this.#latencies.push(performance.now() - sentAt);
      else this.#others.set(status, (this.#others.get(status) ?? 0) + 1);
      if (!this.#stopped) send();
    });
    const fail = (error: Error): void => {
      if (!this.#stopped) this.#failure ??= error;
    };
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('the server closed a connection')));
    return socket;
  }
}

/** Whether these bytes are a whole answer; all that is measured here names its length. */
function isWhole(bytes: Buffer): boolean {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(bytes.toString('latin1', 0, end))?.[1];
  if (length === undefined) throw new Error('an answer without Content-Length');
  return bytes.length >= end + 4 + Number(length);
}

/** Runs one load until it is warm, then measures it. */
export async function measureLoad(
  load: Load,
  warmUpMilliseconds: number,
  milliseconds: number,
): Promise<Outcome> {
  const clients = new Clients(load);
  try {
    await sleep(warmUpMilliseconds);
    return await clients.measure(milliseconds);
  } finally {
    clients.stop();
  }
}
