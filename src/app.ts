import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import type { IncomingMessage } from 'node:http';
import cookie from '@fastify/cookie';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppModule } from './app.module.js';
import { installHostedPages } from './hosted-pages/hosted-pages.routes.js';
import { hostedOidcPages } from './hosted-pages/oidc-pages.js';
import { installCapturedMailPages } from './mail/captured-mails.page.js';
import { requireClosedRoutes } from './platform/access/closed-routes.js';
import type { Config } from './platform/config/settings.js';
import { Database } from './platform/database/database.js';
import type { TxtResolver } from './platform/dns/txt-resolver.js';
import { installOidc } from './oidc/oidc.routes.js';
import { acceptFiles } from './platform/http/file-upload.js';
import { EtagInterceptor } from './platform/http/if-match.js';
import { refuseMalformed } from './platform/http/malformed-request.js';
import { openApiDocument } from './platform/http/openapi.js';
import { PublicAddresses } from './platform/http/public-addresses.js';
import { ProblemFilter, sendProblem } from './platform/http/problem.filter.js';
import { installRequestLog } from './platform/http/request-log.js';
import { decorateRequestOrigin } from './platform/http/request-origin.js';
import { installStylesheet } from './platform/http/html/stylesheet.js';
import { installSecurityHeaders, securityHeaders } from './platform/http/security-headers.js';
import { validationPipe } from './platform/http/validation.pipe.js';
import type { Log } from './platform/log/log.js';
import { Metrics } from './platform/metrics/metrics.js';
import { installValidationRoutes } from './sessions/validation.routes.js';
import { installSetupPage } from './setup/setup.page.js';

/** The nearest one upwards: from the sources as from `dist/`. */
const packageFile = findPackageJSON(import.meta.url)!;
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };

export interface AppOptions {
  config: Config;
  log: Log;
  /** Address of the restricted role. */
  serverUrl: string;
  /** In the place of DNS. */
  txtResolver?: TxtResolver;
}

/** Builds the application, connected and ready to listen. @throws Error when a route has no access rule */
export async function createApp({
  config,
  log,
  serverUrl,
  txtResolver,
}: AppOptions): Promise<NestFastifyApplication> {
  const adapter = createAdapter(config, log);
  // The adapter's own type leaves the server's type open; it is the plain HTTP one.
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  acceptJsonOnly(fastify);
  acceptFiles(fastify);
  decorateRequestOrigin(fastify);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(config, log, serverUrl, txtResolver),
    adapter,
    {
      bodyParser: false,
      bufferLogs: false,
      logger: false,
      abortOnError: false,
    },
  );
  await app.register(cookie as never);
  installSecurityHeaders(fastify, app.get(PublicAddresses).isSecure);
  installRequestLog(fastify, log, app.get(Metrics));
  app.useGlobalPipes(validationPipe());
  app.useGlobalInterceptors(new EtagInterceptor());
  app.useGlobalFilters(new ProblemFilter(log));
  installValidationRoutes(fastify, app);
  installStylesheet(fastify);
  installSetupPage(fastify, app);
  installOidc(fastify, app, hostedOidcPages(app));
  installHostedPages(fastify, app);
  installCapturedMailPages(fastify, app);
  requireClosedRoutes(app);
  // Made when somebody asks: a server that only validates needs none of it.
  SwaggerModule.setup('docs', app, () => openApiDocument(app, version), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
  });
  await app.get(Database).connect();
  await app.init();
  return app;
}

/**
 * Nothing but JSON is read, except on routes that take a file. An empty body counts as none, since many clients name its
 * type with every request.
 */
function acceptJsonOnly(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request, body as string, done);
  });
}

function createAdapter({ server }: Config, log: Log): FastifyAdapter {
  return new FastifyAdapter({
    logger: false,
    genReqId: (request: IncomingMessage) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && /^[A-Za-z0-9._-]{8,64}$/.test(given) ? given : randomUUID();
    },
    // What the router itself refuses, before any hook: addresses that cannot be decoded or are too long.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      void reply.headers(securityHeaders).header('x-request-id', request.id);
      sendProblem(log, request, reply, error);
    },
    clientErrorHandler: refuseMalformed,
    trustProxy: server.trustedProxies.length > 0 ? server.trustedProxies : false,
    bodyLimit: 64 * 1024,
    requestTimeout: 15_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    // No route has a schema: DTO classes check. Fastify's own compilers are 130 files.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    routerOptions: { maxParamLength: 500, caseSensitive: true, ignoreDuplicateSlashes: false },
    http: { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, connectionsCheckingInterval: 5_000 },
  } as never);
}

function noSchemas(): never {
  throw new Error('routes are checked by classes, and have no schemas');
}
