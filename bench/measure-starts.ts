import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cores, onAllCores, onServerCore, residentMegabytesOf } from './cores.js';
import type { Plan } from './plan.js';
import { type MeasuredServer, root, startServer } from './processes.js';
import type { Samples } from './samples.js';
import type { World } from './world.js';

const command = [process.execPath, join(root, 'scripts', 'start.js')];

/** The server as `npm start` runs it, on the database of the benchmark. */
export function startTenantry(world: World, cores: Cores | null): Promise<MeasuredServer> {
  return startServer({
    command: onServerCore(cores, command),
    environment: { ...world.environment, DATABASE_URL: world.databaseUrl, LOG_LEVEL: 'info' },
    healthPath: '/readyz',
  });
}

/** The server with its own PostgreSQL, which shares all cores with it. */
export function startWithEmbedded(world: World, cores: Cores | null): Promise<MeasuredServer> {
  return startServer({
    command: onAllCores(cores, command),
    environment: { ...world.environment, DATA_DIR: join(world.directory, 'embedded') },
    healthPath: '/readyz',
  });
}

export async function measureStarts(
  world: World,
  cores: Cores | null,
  plan: Plan,
  samples: Samples,
): Promise<void> {
  const external = await startTenantry(world, cores);
  samples.add('start, external', external.readyMilliseconds);
  await sleep(plan.idleMilliseconds);
  samples.add('idle memory', residentMegabytesOf(external.pid));
  await external.stop();
  const embedded = await startWithEmbedded(world, cores);
  samples.add('start, embedded', embedded.readyMilliseconds);
  await embedded.stop();
}
