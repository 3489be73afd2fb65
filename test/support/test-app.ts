import './problem-matcher.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Abstract, Type } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { createApp } from '../../src/app.js';
import { MailDelivery } from '../../src/mail/mail-delivery.service.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { PasswordHasher } from '../../src/platform/crypto/password-hasher.js';
import { migrate } from '../../src/platform/database/migrator.js';
import type { TxtResolver } from '../../src/platform/dns/txt-resolver.js';
import { PublicAddresses } from '../../src/platform/http/public-addresses.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { createLog } from '../../src/platform/log/log.js';
import { Setup } from '../../src/setup/setup.service.js';
import { ApiClient } from './api-client.js';
import { Given } from './given.js';
import { HttpExchange } from './http-exchange.js';
import { Mailbox } from './mailbox.js';
import { OpenApiContract } from './openapi-contract.js';
import { createTestDatabase, type TestDatabase } from './postgres.js';
import { TestTables } from './test-tables.js';

export type { ApiClient, ApiResponse } from './api-client.js';
export type { AuditRow, TestApiKey, TestOrganization, TestUser } from './given.js';

export interface TestApp {
  /** Without a credential; `api.as(user)` for somebody's. Every exchange is checked against the OpenAPI document. */
  api: ApiClient;
  given: Given;
  /** Raw HTTP, unchecked. */
  exchange: HttpExchange;
  contract: OpenApiContract;
  origin: string;
  /** The mail server that this app sends to; asking it for a mail makes the worker send what is due. */
  mailbox: Mailbox;
  /** Address of the role that serves requests. */
  serverUrl: string;
  ownerUrl: string;
  database: TestDatabase;
  /** Of the one-time set-up link; null where there is an operator already. */
  setupToken: string | null;
  /** Every line logged since the start, on the level `debug`. */
  logs: string[];
  /** As the owner of the schema. */
  sql: TestTables['query'];
  /** The application itself, for tests of how it is put together. */
  nest: NestFastifyApplication;
  /** Something out of the app, where HTTP does not reach. */
  get<T>(type: Type<T> | Abstract<T>): T;
  stop(): Promise<void>;
}

/** Wide enough that tests do not meet a limit by accident; keys are fixed, so no folder for made ones is needed. */
const settings = {
  NODE_ENV: 'test',
  PORT: '0',
  LOG_LEVEL: 'debug',
  ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 'encryption').toString('base64')}`,
  PASSWORD_PEPPER: `p1:${Buffer.alloc(32, 'pepper').toString('base64')}`,
  HASH_QUEUE: '1000',
  LIMIT_FAILURES_PER_ADDRESS: '1000000',
  LIMIT_SIGN_UPS_PER_ADDRESS: '1000000',
};

export interface TestAppOptions {
  /** Settings that differ. */
  env?: Record<string, string>;
  /** Another server of the same deployment: with its database, which that one drops. */
  beside?: TestApp;
  /** In the place of DNS. */
  txtResolver?: TxtResolver;
  /** A database that the caller made and drops; it may be empty. */
  database?: TestDatabase;
}

/** The real app with a database of its own, listening on a free port. */
export async function startApp({
  env = {},
  beside,
  database: given,
  txtResolver,
}: TestAppOptions = {}): Promise<TestApp> {
  const database = given ?? beside?.database ?? (await createTestDatabase());
  const isOwn = given === undefined && beside === undefined;
  const { serverUrl } = await migrate({ databaseUrl: database.ownerUrl });
  const mailbox = await Mailbox.start(async () => {
    await app.get(MailDelivery).wakeDue();
    await app.get(Jobs).drain();
  });
  const config = loadConfig({
    ...settings,
    DATABASE_URL: database.ownerUrl,
    SMTP_URL: mailbox.url,
    ...env,
  });
  const logs: string[] = [];
  const log = createLog(config.server.logLevel, { write: (line) => void logs.push(line) });
  const app = await createApp({
    config,
    log,
    serverUrl,
    ...(txtResolver && { txtResolver }),
  }).catch(async (error: unknown) => {
    await mailbox.stop();
    throw error;
  });
  const setupToken = await app.get(Setup).prepare();
  const origin = await listen(app);
  const exchange = new HttpExchange(origin);
  const document = JSON.parse(
    (await exchange.send({ method: 'GET', path: '/openapi.json' })).text,
  ) as OpenAPIObject;
  const contract = new OpenApiContract(document);
  const api = new ApiClient(exchange, contract);
  const tables = new TestTables(database.ownerUrl, database.superuserUrl);
  const hasher = app.get(PasswordHasher);
  return {
    api,
    exchange,
    contract,
    origin,
    mailbox,
    serverUrl,
    database,
    setupToken,
    ownerUrl: database.ownerUrl,
    logs,
    given: new Given(api, tables, (password) => hasher.hash(password)),
    sql: (statement, values) => tables.query(statement, values),
    nest: app,
    get: (type) => app.get(type, { strict: false }),
    stop: async () => {
      exchange.close();
      await app.close();
      await mailbox.stop();
      await tables.close();
      if (isOwn) await database.drop();
    },
  };
}

async function listen(app: NestFastifyApplication): Promise<string> {
  await app.listen(0, '127.0.0.1');
  const origin = new URL(await app.getUrl());
  app.get(PublicAddresses).listensOn(Number(origin.port));
  return origin.origin;
}
