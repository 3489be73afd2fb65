import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from './load.js';

export interface Answer {
  readonly status: number;
  /** Of the first header of that name. */
  header(name: string): string | null;
  readonly body: string;
}

/** One connection that asks one question after the other. */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;

  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => this.take(chunk));
    const fail = (error?: Error): void =>
      this.#waiting?.reject(error ?? new Error('the connection was closed'));
    this.#socket.on('error', fail);
    this.#socket.on('close', () => fail());
  }

  ask(request: string | Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  private take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = this.#received.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#received.length < end + 4 + length) return;
    const body = this.#received.toString('utf8', end + 4, end + 4 + length);
    this.#received = this.#received.subarray(end + 4 + length);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({
      status: Number(head.slice(9, 12)),
      header: (name) => new RegExp(`\\r\\n${name}: ([^\\r]*)`, 'i').exec(head)?.[1] ?? null,
      body,
    });
  }
}

/** What one client does again and again, on its own connection, after what it has to do first. */
export type Conversation = (connection: Connection) => Promise<() => Promise<void>>;

/** Keeps so many clients busy; counts whole rounds of what they do. @throws what a client throws */
export async function measureConversations(
  conversation: Conversation,
  port: number,
  clients: number,
  warmUpMilliseconds: number,
  milliseconds: number,
): Promise<Outcome> {
  let latencies: number[] = [];
  let isOver = false;
  const connections = Array.from({ length: clients }, () => new Connection(port));
  const running = connections.map(async (connection) => {
    const round = await conversation(connection);
    while (!isOver) {
      const startedAt = performance.now();
      await round();
      latencies.push(performance.now() - startedAt);
    }
  });
  const failure = Promise.race(running.map((client) => client.then(() => new Promise<never>(() => {}))));
  try {
    await Promise.race([sleep(warmUpMilliseconds), failure]);
    latencies = [];
    const startedAt = performance.now();
    await Promise.race([sleep(milliseconds), failure]);
    const seconds = (performance.now() - startedAt) / 1_000;
    const sorted = Float64Array.from(latencies).sort();
    return {
      seconds,
      good: sorted.length,
      perSecond: sorted.length / seconds,
      p50Milliseconds: sorted[Math.floor(sorted.length * 0.5)] ?? NaN,
      p99Milliseconds: sorted[Math.floor(sorted.length * 0.99)] ?? NaN,
      others: new Map(),
    };
  } finally {
    isOver = true;
    await Promise.allSettled(running);
    for (const connection of connections) connection.close();
  }
}
