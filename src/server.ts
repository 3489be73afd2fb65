import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './app.js';
import type { Config } from './platform/config/settings.js';
import { migrate } from './platform/database/migrator.js';
import { startEmbeddedPostgres } from './platform/embedded-postgres/embedded-postgres.js';
import { Draining } from './platform/health/health.controller.js';
import { closingIdleConnections, drainConnections } from './platform/http/connection-drain.js';
import { PublicAddresses } from './platform/http/public-addresses.js';
import { Jobs } from './platform/jobs/jobs.js';
import { createLog, type Log } from './platform/log/log.js';
import { MetricsServer } from './platform/metrics/metrics-server.js';
import { Setup } from './setup/setup.service.js';

/** Longer than this nobody waits for a shutdown; what still runs then is cut off. */
const shutdownMilliseconds = 28_000;

/** The whole server: its database where none is given, migrations, the application, and a graceful end. */
export async function startServer(config: Config): Promise<void> {
  const log = createLog(config.server.logLevel);
  const given = config.database.url?.reveal();
  const embedded =
    given === undefined ? await startEmbeddedPostgres({ dataDir: config.server.dataDir }) : null;
  let app: NestFastifyApplication | undefined;
  try {
    const databaseUrl = given ?? embedded!.url;
    const { serverUrl } = await migrate({
      databaseUrl,
      serverUrl: config.database.serverUrl?.reveal(),
      onLog: (message) => log.info(message),
    });
    app = await createApp({ config, log, serverUrl });
    const setupToken = await app.get(Setup).prepare();
    forgetStartUp();
    await listen(app, config);
    app.get(Jobs).start();
    endOnSignals(app, log, async () => embedded?.stop());
    announce(app, setupToken);
  } catch (error) {
    await app?.close().catch(() => {});
    await embedded?.stop();
    throw error;
  }
}

/**
 * Gives back the 25 MB that loading and wiring leave behind, before anybody is served: it takes a tenth of a second. Left
 * alone, V8 keeps them for as long as nothing happens, and a busy server takes what it needs anew.
 */
function forgetStartUp(): void {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as NonNullable<typeof gc>;
  collectGarbage({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

async function listen(app: NestFastifyApplication, { server }: Config): Promise<void> {
  try {
    await app.listen(server.port, server.host);
    await app.get(MetricsServer).listen();
  } catch (error) {
    const { code, port } = error as NodeJS.ErrnoException & { port?: number };
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const reason = code === 'EADDRINUSE' ? 'is used by another program' : 'may not be opened by this user';
    const message = `Port ${port} on ${server.host} ${reason}. Choose another one: PORT=3001 npm start`;
    throw Object.assign(new Error(message, { cause: error }), { isForeseen: true });
  }
  const address = app.getHttpServer().address();
  if (typeof address === 'object' && address !== null) app.get(PublicAddresses).listensOn(address.port);
}

/** On SIGTERM, SIGINT and SIGHUP: no new connections, running requests end, then the database connections, then the database. */
function endOnSignals(
  app: NestFastifyApplication,
  log: Log,
  stopDatabase: () => Promise<void> | undefined,
): void {
  let isEnding = false;
  const end = (signal: string): void => {
    if (isEnding) return;
    isEnding = true;
    log.info({ signal }, 'shutting down');
    setTimeout(() => process.exit(1), shutdownMilliseconds).unref();
    const server = app.getHttpServer();
    // Whoever sits at the terminal does not want to wait.
    app.get(Draining).isDraining = true;
    void (signal === 'SIGINT' ? Promise.resolve() : drainConnections(server))
      .then(() => closingIdleConnections(server, () => app.close()))
      .catch((error: unknown) => log.error({ error }, 'the application did not end cleanly'))
      .then(stopDatabase)
      .then(() => process.exit(0));
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end(signal));
}

/** For the person at the terminal. The set-up link is printed, never logged: it is a secret. */
function announce(app: NestFastifyApplication, setupToken: string | null): void {
  const addresses = app.get(PublicAddresses);
  const lines = [`Tenantry listens on ${addresses.origin}`, `API documentation: ${addresses.documentation}`];
  if (setupToken !== null)
    lines.push(`Create the first operator (works once): ${addresses.setup(setupToken)}`);
  console.log(lines.join('\n'));
}
