import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PublicAddresses } from '../../platform/http/public-addresses.js';

/**
 * Makes a request read as the engine expects it: its path below the issuer's address, and host, protocol and sender as we
 * know them. Nothing that a client claims about where it is gets through.
 */
export function handOver(request: FastifyRequest, issuerPath: string, addresses: PublicAddresses): void {
  const raw: IncomingMessage & { baseUrl?: string } = request.raw;
  const { host, protocol } = new URL(addresses.origin);
  const { forwarded: _forwarded, 'x-forwarded-host': _host, ...headers } = raw.headers;
  raw.headers = {
    ...headers,
    host,
    'x-forwarded-proto': protocol.slice(0, -1),
    'x-forwarded-for': request.origin.ip,
  };
  raw.baseUrl = issuerPath;
  raw.url = raw.url!.slice(issuerPath.length);
}

/** What every answer has, on one that Fastify does not send. */
export function passHeaders(reply: FastifyReply): void {
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
}

/** What the engine has set, on an answer that Fastify sends. */
export function takeHeaders(reply: FastifyReply): void {
  for (const [name, value] of Object.entries(reply.raw.getHeaders())) {
    reply.raw.removeHeader(name);
    // The engine thinks of a body of its own.
    if (value === undefined || name === 'content-type' || name === 'content-length') continue;
    void reply.header(name, value);
  }
}
