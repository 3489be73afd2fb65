import { Agent, request as httpRequest } from 'node:http';

export interface Sent {
  method: string;
  /** As it goes over the wire: nothing normalises it. */
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

export interface Received {
  status: number;
  headers: Record<string, string | undefined>;
  /** Every value of `Set-Cookie`. */
  cookies: string[];
  text: string;
}

/** Real HTTP to one server over kept connections. */
export class HttpExchange {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(readonly origin: string) {}

  send({ method, path, headers = {}, body }: Sent): Promise<Received> {
    const { hostname, port } = new URL(this.origin);
    // Node leaves it out for methods that usually have no body, and the server would take the body for a request.
    const length =
      body !== undefined &&
      headers['content-length'] === undefined &&
      headers['transfer-encoding'] === undefined
        ? { 'content-length': String(Buffer.byteLength(body)) }
        : {};
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        { agent: this.#agent, host: hostname, port, method, path, headers: { ...headers, ...length } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const { 'set-cookie': cookies = [], ...single } = response.headers;
            resolve({
              status: response.statusCode ?? 0,
              headers: single as Record<string, string | undefined>,
              cookies,
              text: Buffer.concat(chunks).toString(),
            });
          });
        },
      );
      request.on('error', (error) =>
        reject(Object.assign(error, { onKeptConnection: request.reusedSocket })),
      );
      request.setTimeout(20_000, () => request.destroy(new Error(`no answer to ${method} ${path} in 20 s`)));
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
