import { request } from 'node:http';
import { type Cores, divideCores, onServerCore } from './cores.js';
import { findPages, measureLists } from './measure-lists.js';
import { measureStarts, startTenantry, startWithEmbedded } from './measure-starts.js';
import { measureLoad } from './load.js';
import { measureOrganizations, measureProtocol, startProtocol } from './measure-protocol.js';
import {
  floors,
  measureRate,
  measureSignIns,
  measureStorm,
  signInLoad,
  validationLoad,
} from './measure-validation.js';
import { fullPlan, quickPlan, stormClients } from './plan.js';
import { type MeasuredServer, ownScript, runScript, startServer } from './processes.js';
import { renderReport, writeReport } from './report.js';
import { Samples } from './samples.js';
import { buildWorld, password, type World } from './world.js';

/*
 * `npm run bench`: everything that is promised about speed, as ratios in one run. `--quick` takes one short round and
 * writes nothing; otherwise the table goes into docs/performance.md.
 */

const isQuick = process.argv.includes('--quick');
const plan = isQuick ? quickPlan : fullPlan;
const startedAt = performance.now();
const say = (text: string): void =>
  console.error(`${((performance.now() - startedAt) / 1_000).toFixed(0)} s  ${text}`);

const cores = divideCores();
if (cores === null)
  say('Processes cannot be pinned here (taskset, two cores): server, load and database share all cores');
say('building a database with 100,000 users');
const world = await buildWorld();
const servers: MeasuredServer[] = [];
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void end().finally(() => process.exit(1)));
try {
  const samples = await run(world);
  const report = renderReport(samples, { plan, cores });
  console.log(report);
  if (!isQuick) await writeReport(report);
} finally {
  await end();
}
say('done');
process.exit(0);

async function run(world: World): Promise<Samples> {
  const samples = new Samples();
  const tenantry = started(await startTenantry(world, cores));
  const floor = started(await startFloors(world, cores, await answerOf(tenantry)));
  const measuring = { world, cores, plan, samples };
  say('warming up');
  await measureLoad(signInLoad(world, tenantry.port, stormClients), plan.signInWarmUpMilliseconds, 1);
  for (let round = 1; round <= plan.rounds; round++) {
    say(`round ${round} of ${plan.rounds}: validation`);
    for (const path of floors)
      await measureRate(measuring, path, floor, validationLoad(world, floor.port, path), plan.milliseconds);
    const load = validationLoad(world, tenantry.port, '/v1/sessions/validate');
    await measureRate(measuring, 'validation', tenantry, load, plan.milliseconds);
    say(`round ${round} of ${plan.rounds}: sign-ins`);
    await measureStorm(measuring, tenantry);
    await measureSignIns(measuring, tenantry);
    samples.add('raw hash rate', await rawHashRate());
  }
  say('lists');
  const pages = await findPages(world, tenantry);
  for (let round = 1; round <= plan.rounds; round++)
    await measureLists(world, tenantry, pages, plan, samples);
  say('protocol');
  const protocol = await startProtocol(world, cores, tenantry);
  started(protocol.bare);
  for (let round = 1; round <= plan.rounds; round++) await measureProtocol(protocol, plan, samples);
  await measureOrganizations(world, tenantry, samples);
  say('starts');
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await (await startWithEmbedded(world, cores)).stop();
  for (let round = 1; round <= plan.rounds; round++) await measureStarts(world, cores, plan, samples);
  return samples;
}

function started(server: MeasuredServer): MeasuredServer {
  servers.push(server);
  return server;
}

function startFloors(world: World, cores: Cores | null, constant: string): Promise<MeasuredServer> {
  return startServer({
    command: onServerCore(cores, ownScript('floors.ts')),
    environment: { DATABASE_URL: world.databaseUrl, CONSTANT: constant },
    healthPath: '/',
  });
}

async function rawHashRate(): Promise<number> {
  const printed = await runScript(onServerCore(cores, ownScript('raw-hash.ts')), {
    DIGEST: world.digest,
    PEPPER: world.pepper.toString('base64'),
    PASSWORD: password,
    MILLISECONDS: String(plan.signInMilliseconds),
  });
  return Number(printed);
}

/** A real answer: the floor without a database sends the same bytes. */
function answerOf({ port }: MeasuredServer): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' };
    request(
      { host: '127.0.0.1', port, method: 'POST', path: '/v1/sessions/validate', headers },
      (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () =>
          body.includes('"authenticatedAt"')
            ? resolve(body)
            : reject(new Error(`validation answers ${body}`)),
        );
      },
    )
      .on('error', reject)
      .end(JSON.stringify({ token: world.sessionTokens[0] }));
  });
}

async function end(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await world.end();
}
