import { describe, expect, it } from '@jest/globals';
import { Problem } from '../problems/problem.js';
import { HashGate } from './hash-gate.js';

/** Work that ends when the test says so. */
function heldWork() {
  const started: number[] = [];
  const releases: (() => void)[] = [];
  const work = (name: number) => async (): Promise<number> => {
    started.push(name);
    await new Promise<void>((release) => releases.push(release));
    return name;
  };
  return { started, work, releaseNext: () => releases.shift()!() };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('The hash gate', () => {
  it('lets no more work run at once than it has places', async () => {
    const gate = new HashGate(10, 2);
    const { started, work, releaseNext } = heldWork();

    const results = [1, 2, 3, 4].map((name) => gate.run(work(name)));
    await settled();

    expect(started).toEqual([1, 2]);
    expect([gate.running, gate.queued]).toEqual([2, 2]);

    for (let count = 0; count < 4; count += 1) {
      releaseNext();
      await settled();
    }

    expect(await Promise.all(results)).toEqual([1, 2, 3, 4]);
    expect(started).toEqual([1, 2, 3, 4]);
    expect([gate.running, gate.queued]).toEqual([0, 0]);
  });

  it('refuses at once what would not fit into the queue', async () => {
    const gate = new HashGate(1, 1);
    const { started, work, releaseNext } = heldWork();
    const running = gate.run(work(1));
    const waiting = gate.run(work(2));

    const refused = gate.run(work(3));

    await expect(refused).rejects.toBeInstanceOf(Problem);
    await expect(refused).rejects.toMatchObject({
      kind: { code: 'unavailable', status: 503 },
      retryAfterSeconds: 1,
    });
    releaseNext();
    await settled();
    releaseNext();
    await Promise.all([running, waiting]);
    expect(started).toEqual([1, 2]);
  });

  it('gives the place of failed work to the next', async () => {
    const gate = new HashGate(1, 1);
    const failing = gate.run(() => Promise.reject(new Error('no memory')));
    const next = gate.run(() => Promise.resolve('done'));

    await expect(failing).rejects.toThrow('no memory');
    await expect(next).resolves.toBe('done');
    expect(gate.running).toBe(0);
  });
});
