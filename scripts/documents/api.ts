import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { pino } from 'pino';
import { AppModule } from '../../src/app.module.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { openApiDocument } from '../../src/platform/http/openapi.js';

/** Names no database: the document needs the application built, not connected. */
const nowhere = 'postgres://nobody@127.0.0.1:1/nothing';

/** The OpenAPI document of the application. */
export async function describeApi(version: string): Promise<OpenAPIObject> {
  const key = `k:${Buffer.alloc(32).toString('base64')}`;
  const config = loadConfig({ NODE_ENV: 'test', ENCRYPTION_KEYS: key, PASSWORD_PEPPER: key });
  const log = pino({ enabled: false });
  const app = await NestFactory.create(AppModule.with(config, log, nowhere), new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  return openApiDocument(app, version);
}

/** In one order, whichever module is loaded first, so that a difference is a change. */
export function renderApi(document: OpenAPIObject): string {
  const sorted = {
    ...document,
    paths: sortKeys(document.paths),
    components: { ...document.components, schemas: sortKeys(document.components?.schemas ?? {}) },
  };
  return `${JSON.stringify(sorted, null, 2)}\n`;
}

function sortKeys<Value>(members: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));
}
