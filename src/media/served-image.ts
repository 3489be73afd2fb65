import type { FastifyReply, FastifyRequest } from 'fastify';
import { imageType } from './media-storage.js';
import type { ServedImage } from './served-media.service.js';

/** What is behind a link never changes. Opened as a page of its own it can do nothing, and no site may not show it. */
const headers = {
  'cache-control': 'public, max-age=31536000, immutable',
  'content-security-policy': "sandbox; default-src 'none'",
  'cross-origin-resource-policy': 'cross-origin',
  'content-disposition': 'inline; filename="image.webp"',
};

export async function sendImage(
  request: FastifyRequest,
  reply: FastifyReply,
  { etag, read }: ServedImage,
): Promise<void> {
  const known = request.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  const isKnown = known?.some((tag) => tag === etag || tag === '*') ?? false;
  const bytes = isKnown ? null : await read();
  void reply.headers({ ...headers, etag });
  if (bytes === null) await reply.status(304).send();
  else await reply.type(imageType).send(bytes);
}
