import type { Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { invalidRequest } from '../problems/problems.js';
import { securityHeaders } from './security-headers.js';

/** What Node's parser says, in words for the client. */
const details: Record<string, string> = {
  HPE_HEADER_OVERFLOW: 'The headers, the address with them, are too large',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request took too long to arrive',
};

/** Answers what is not HTTP, or too much of it: there is no request yet, only the connection. */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const id = randomUUID();
  const body = JSON.stringify({
    type: `urn:tenantry:problem:${invalidRequest.code}`,
    title: invalidRequest.title,
    status: invalidRequest.status,
    code: invalidRequest.code,
    detail: details[error.code ?? ''] ?? 'This is not HTTP',
    instance: `urn:tenantry:request:${id}`,
  });
  const headers = {
    ...securityHeaders,
    'x-request-id': id,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${invalidRequest.status} Bad Request\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}
