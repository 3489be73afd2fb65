import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { installMetadata } from './mount/metadata-route.js';
import { installRegistration } from './registration/registration-route.js';
import { ProtocolMount } from './mount/protocol-mount.js';
import { protocolRoutes } from './mount/protocol-routes.js';
import type { OidcPages } from './oidc-pages.types.js';

/** The protocol at `/o/{slug}`, and its documents. @param pages shows people what the protocol has to say to them */
export function installOidc(fastify: FastifyInstance, app: NestFastifyApplication, pages: OidcPages): void {
  const mount = new ProtocolMount(app, pages);
  void fastify.register(async (scope) => {
    // The engine reads bodies by itself, and bounds them; the rest of the server takes JSON only.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.setErrorHandler((error, request, reply) => mount.fail(error, request, reply));
    for (const [path, methods] of Object.entries(protocolRoutes)) {
      scope.route({
        method: [...methods],
        url: `/o/:slug${path}`,
        handler: (request, reply) => mount.answer(request, reply),
      });
    }
    installMetadata(scope, app);
  });
  void fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    installRegistration(scope, app);
  });
}
