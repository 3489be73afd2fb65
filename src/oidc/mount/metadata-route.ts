import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { publishedKeysMaxAgeSeconds } from '../../signing-keys/signing-keys.service.js';
import { IssuerDocuments } from '../issuer-documents.service.js';
import { keysRoute, metadataRoutes } from './protocol-routes.js';

const discoveryMaxAgeSeconds = 300;

/** What an issuer says of itself, as ready bytes: the same for everybody, from anywhere. */
export function installMetadata(scope: FastifyInstance, app: NestFastifyApplication): void {
  const documents = app.get(IssuerDocuments);

  const send = async (
    request: FastifyRequest,
    reply: FastifyReply,
    kind: 'discovery' | 'keys',
  ): Promise<FastifyReply> => {
    const { slug } = request.params as { slug: string };
    const document = await documents.of(slug);
    void reply.header('access-control-allow-origin', '*');
    if (document === null) return reply.status(404).send({ error: 'not_found' });
    const [type, seconds] =
      kind === 'keys'
        ? ['application/jwk-set+json', publishedKeysMaxAgeSeconds]
        : ['application/json', discoveryMaxAgeSeconds];
    return reply
      .header('cache-control', `public, max-age=${seconds}`)
      .type(`${type}; charset=utf-8`)
      .send(document[kind]);
  };

  const config = { quiet: true };
  for (const path of metadataRoutes)
    scope.get(path, { config }, (request, reply) => send(request, reply, 'discovery'));
  scope.get(keysRoute, { config }, (request, reply) => send(request, reply, 'keys'));
}
