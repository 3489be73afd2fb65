import { lookup as resolve } from 'node:dns';
import { request as requestPlain, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestSecure } from 'node:https';
import { type BlockList, isIP, type LookupFunction } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../config/config.js';
import type { Config } from '../config/settings.js';
import { isReachable, rangesOf } from './reachable.rules.js';

const timeoutMilliseconds = 3_000;
const mostBytes = 1024 * 1024;

export interface OutboundRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The request was not made, or nobody answered; the message can be shown to those who gave the address. */
export class OutboundError extends Error {}

/**
 * The only way to addresses that an organization gave. `https` only; the name is resolved once and the connection goes to
 * the address that was checked; to public addresses, and to ranges that an operator opened; no redirects; 3 seconds, 1 MB.
 */
@Injectable()
export class Outbound {
  readonly #allowed: BlockList;
  readonly #allowsPlain: boolean;

  constructor(@Inject(CONFIG) { outbound, server }: Config) {
    this.#allowed = rangesOf(outbound.allowedRanges);
    // On the own machine and the like, where a developer has opened it.
    this.#allowsPlain = outbound.allowedRanges.length > 0 && server.environment !== 'production';
  }

  /** @throws OutboundError */
  async send(
    address: string,
    { method = 'GET', headers = {}, body }: OutboundRequest = {},
  ): Promise<OutboundAnswer> {
    const url = this.checked(address);
    const options: RequestOptions = {
      method,
      headers: {
        ...headers,
        'user-agent': 'Tenantry',
        ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
      },
      agent: false,
      lookup: this.lookup,
      signal: AbortSignal.timeout(timeoutMilliseconds),
      maxHeaderSize: 16 * 1024,
    };
    const { promise, resolve: answer, reject } = Promise.withResolvers<OutboundAnswer>();
    const request = (url.protocol === 'https:' ? requestSecure : requestPlain)(url, options, (response) => {
      readBody(response).then(
        (bytes) => answer({ status: response.statusCode!, headers: headersOf(response), body: bytes }),
        reject,
      );
    });
    request.on('error', (error) => reject(asOutboundError(error)));
    request.end(body);
    return promise;
  }

  /** The same in the shape of the platform's own `fetch`, for libraries that want one. */
  readonly fetch = async (address: string | URL, options: RequestInit = {}): Promise<Response> => {
    const { body } = options;
    const answer = await this.send(String(address), {
      method: options.method ?? 'GET',
      headers: Object.fromEntries(new Headers(options.headers)),
      ...(body !== undefined &&
        body !== null && { body: typeof body === 'string' ? body : String(body as URLSearchParams) }),
    });
    const isEmpty = [204, 205, 304].includes(answer.status);
    return new Response(isEmpty ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: answer.headers,
    });
  };

  private checked(address: string): URL {
    const url = URL.canParse(address) ? new URL(address) : null;
    if (url === null) throw new OutboundError('This is no address');
    const isPlain = url.protocol === 'http:' && this.#allowsPlain;
    if (url.protocol !== 'https:' && !isPlain) throw new OutboundError('Only https addresses are called');
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    // Names are checked when they have been resolved; these are not resolved at all.
    if (isIP(literal) !== 0 && !isReachable(literal, this.#allowed)) throw unreachable();
    return url;
  }

  /** Every address of a name has to be one that may be reached: else the next answer could be another. */
  private readonly lookup: LookupFunction = (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '', 0);
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => isReachable(address, this.#allowed)))
        return done(unreachable(), '', 0);
      if (options.all) return done(null, [first]);
      return done(null, first.address, first.family);
    });
  };
}

const unreachable = () => new OutboundError('The address is not a public one');

async function readBody(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostBytes) throw new OutboundError('The answer is too large');
      chunks.push(chunk);
    }
  } catch (error) {
    response.destroy();
    throw asOutboundError(error);
  }
  return Buffer.concat(chunks);
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

/** Nothing of the network's inside is told: who gave the address could read it out. */
function asOutboundError(error: unknown): OutboundError {
  if (error instanceof OutboundError) return error;
  const { name, code } = error as { name?: string; code?: string };
  if (name === 'TimeoutError' || name === 'AbortError')
    return new OutboundError('There was no answer in time', { cause: error });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new OutboundError('The name is unknown', { cause: error });
  if (code?.startsWith('ERR_TLS') || code?.includes('CERT') || code?.includes('SIGNED'))
    return new OutboundError('The certificate does not hold', { cause: error });
  return new OutboundError('There was no connection', { cause: error });
}
