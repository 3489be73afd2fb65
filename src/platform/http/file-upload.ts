import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.js';
import { bodyTooLarge, invalidRequest, unsupportedMediaType } from '../problems/problems.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Reads a multipart body with one file; every other route takes JSON only. */
    takesFile?: { maxBytes: number };
  }
}

/** Reads the file that a request brings. Called once whoever sends it may: before that nothing of it is read. */
export type ReadUpload = () => Promise<Buffer>;

/** What stands around the file in a multipart body: boundaries and headers of parts. */
const envelopeBytes = 4_096;
/** A little less than any request may take to arrive, so that whoever is slow hears of it. */
const patienceMilliseconds = 12_000;
/** Whoever sends less than this, after a while, holds memory and a place that others wait for. */
const leastBytesPerSecond = 16_384;
const graceMilliseconds = 3_000;
const fieldName = 'file';

/**
 * Multipart bodies, on routes that take a file. They are left on the socket: the guard runs first, and a stranger fills
 * no memory. (A plugin for this would add two hooks to every request.)
 */
export function acceptFiles(fastify: FastifyInstance): void {
  fastify.addContentTypeParser('multipart/form-data', (request, _body, done) => {
    if (request.routeOptions.config.takesFile) done(null, undefined);
    else done(notTaken('The body must be JSON'));
  });
}

/** A route that takes one file of at most `maxBytes`, in the field `file`. */
export const TakesFile = ({ maxBytes, describe }: { maxBytes: number; describe: string }) =>
  applyDecorators(
    RouteConfig({ takesFile: { maxBytes } }),
    ApiConsumes('multipart/form-data'),
    ApiBody({
      schema: {
        type: 'object',
        required: [fieldName],
        properties: { [fieldName]: { type: 'string', format: 'binary', description: describe } },
      },
    }),
  );

/** The way to the file, on routes with `@TakesFile()`. */
export const Upload = createParamDecorator((_: unknown, context: ExecutionContext): ReadUpload => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const { takesFile } = request.routeOptions.config;
  if (!takesFile) throw new Error('@Upload() on a route without @TakesFile()');
  return () => readUpload(request, takesFile.maxBytes);
});

/** @throws Problem `unsupported_media_type`, `body_too_large`, or `invalid_request` for what is no single file */
export async function readUpload(request: FastifyRequest, maxBytes: number): Promise<Buffer> {
  const { headers } = request;
  if (!/^multipart\/form-data\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    throw notTaken('The body must be multipart/form-data with one file');
  }
  if (Number(headers['content-length'] ?? 0) > maxBytes + envelopeBytes) throw tooLarge(maxBytes);
  return new Promise<Buffer>((resolve, reject) => {
    const parser = parserOf(headers, maxBytes);
    const startedAt = performance.now();
    let file: Buffer | undefined;
    let received = 0;
    const pace = setInterval(() => {
      const milliseconds = performance.now() - startedAt;
      const isTooSlow =
        milliseconds > graceMilliseconds && received < (leastBytesPerSecond * milliseconds) / 1_000;
      if (isTooSlow || milliseconds > patienceMilliseconds) fail(malformed('took too long to arrive'));
    }, 500);
    const fail = (error: unknown): void => {
      // The rest is read and dropped, so that the connection can go on; the time that a request may take bounds it.
      request.raw.unpipe(parser).resume();
      clearInterval(pace);
      reject(error instanceof Problem ? error : malformed('is no well-formed multipart body', error));
    };
    parser
      .on('file', (name, stream) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => {
          received += chunk.length;
          chunks.push(chunk);
        });
        stream.on('limit', () => fail(tooLarge(maxBytes)));
        stream.on('error', fail);
        stream.on('end', () => (file = Buffer.concat(chunks)));
        if (name !== fieldName) fail(malformed('must be the name of the one field'));
      })
      .on('field', () => fail(malformed('must be a file, and the only field')))
      .on('filesLimit', () => fail(malformed('must be one file')))
      .on('partsLimit', () => fail(malformed('must be the only field')))
      .on('error', fail)
      .on('finish', () => {
        if (file === undefined) return fail(malformed('must be there'));
        clearInterval(pace);
        resolve(file);
      });
    // A whole body closes its stream too, before the parser has seen all of it.
    const onClose = (): void =>
      request.raw.readableEnded ? undefined : fail(malformed('ended before its end'));
    if (request.raw.destroyed) onClose();
    request.raw.on('close', onClose);
    request.raw.pipe(parser);
  });
}

function parserOf(headers: FastifyRequest['headers'], maxBytes: number): BusboyInstance {
  try {
    return new Busboy({
      headers: headers as { 'content-type': string },
      limits: { files: 1, fields: 1, parts: 2, fileSize: maxBytes, fieldSize: 1, headerPairs: 20 },
    });
  } catch (error) {
    throw malformed('is no well-formed multipart body', error);
  }
}

const malformed = (detail: string, cause?: unknown): Problem =>
  new Problem(invalidRequest, { errors: [{ pointer: `/${fieldName}`, detail }], cause });

const notTaken = (detail: string): Problem => new Problem(unsupportedMediaType, { detail });
const tooLarge = (maxBytes: number): Problem =>
  new Problem(bodyTooLarge, { detail: `The file must not be larger than ${maxBytes} bytes` });
