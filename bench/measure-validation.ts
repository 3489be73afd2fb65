import type { Cores } from './cores.js';
import { coreTicks, cpuSecondsOf } from './cores.js';
import { Clients, measureLoad, type Load, type Outcome, requestBytes } from './load.js';
import { type Plan, signInClients, stormClients, validationClients } from './plan.js';
import type { MeasuredServer } from './processes.js';
import type { Samples } from './samples.js';
import { password, type World } from './world.js';
import { setTimeout as sleep } from 'node:timers/promises';

export const floors = [
  '/constant',
  '/prepared/session',
  '/prepared/key-and-session',
  '/batched/session',
  '/batched/key-and-session',
] as const;

export function validationLoad(world: World, port: number, path: string): Load {
  const { apiKey, sessionTokens } = world;
  const requests = sessionTokens.map((token) =>
    requestBytes({ method: 'POST', path, token: apiKey, body: { token } }),
  );
  return { port, requests, clients: validationClients, expects: '"authenticatedAt"' };
}

export function signInLoad(world: World, port: number, clients: number): Load {
  const requests = world.signingIn.map((identifier) =>
    requestBytes({ method: 'POST', path: '/v1/organizations/acme/sign-in', body: { identifier, password } }),
  );
  return { port, requests, clients, expects: '"token":"ten_ses_' };
}

interface Measuring {
  world: World;
  cores: Cores | null;
  plan: Plan;
  samples: Samples;
}

/** Answers a second and what they cost; also how busy both sides were, which tells who was the bottleneck. */
export async function measureRate(
  { cores, plan, samples }: Measuring,
  name: string,
  server: MeasuredServer,
  load: Load,
  milliseconds: number,
): Promise<void> {
  const before = [
    cpuSecondsOf(server.pid),
    cores && coreTicks(cores.server),
    cores && coreTicks(cores.load),
  ] as const;
  const outcome = await measureLoad(load, plan.warmUpMilliseconds, milliseconds);
  requireGood(name, outcome);
  const wall = outcome.seconds + plan.warmUpMilliseconds / 1_000;
  samples.addAll(name, {
    rate: outcome.perSecond,
    p50: outcome.p50Milliseconds,
    p99: outcome.p99Milliseconds,
    'server process': (cpuSecondsOf(server.pid) - before[0]) / wall,
    ...(cores && {
      'server core': busyShare(before[1]!, cores.server),
      'load core': busyShare(before[2]!, cores.load),
    }),
  });
}

export function measureSignIns(measuring: Measuring, server: MeasuredServer): Promise<void> {
  const load = signInLoad(measuring.world, server.port, signInClients);
  return measureRate(measuring, 'sign-in', server, load, measuring.plan.signInMilliseconds);
}

/** Validation while many sign in without pause. */
export async function measureStorm(
  { world, plan, samples }: Measuring,
  server: MeasuredServer,
): Promise<void> {
  const storm = new Clients(signInLoad(world, server.port, stormClients));
  const validation = new Clients(validationLoad(world, server.port, '/v1/sessions/validate'));
  try {
    await sleep(2 * plan.warmUpMilliseconds);
    const [signedIn, validated] = await Promise.all([
      storm.measure(plan.signInMilliseconds),
      validation.measure(plan.signInMilliseconds),
    ]);
    requireGood('validation in the storm', validated);
    samples.addAll('storm', {
      rate: validated.perSecond,
      p50: validated.p50Milliseconds,
      p99: validated.p99Milliseconds,
      'sign-ins': signedIn.perSecond,
      refused: signedIn.others.get(503) ?? 0,
      failed: [...signedIn.others].reduce((sum, [status, count]) => sum + (status === 503 ? 0 : count), 0),
    });
  } finally {
    storm.stop();
    validation.stop();
  }
}

function requireGood(name: string, { good, others }: Outcome): void {
  if (good === 0 || others.size > 0)
    throw new Error(`${name}: ${good} good answers, others by status: ${JSON.stringify([...others])}`);
}

function busyShare(before: { busy: number; all: number }, list: string): number {
  const after = coreTicks(list);
  return (after.busy - before.busy) / (after.all - before.all);
}
