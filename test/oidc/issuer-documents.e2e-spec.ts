import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let second: TestApp;
beforeAll(async () => {
  app = await startApp();
  second = await startApp({ beside: app });
});
afterAll(async () => {
  await second.stop();
  await app.stop();
});

const kids = async (node: TestApp): Promise<string[]> => {
  const response = await node.exchange.send({ method: 'GET', path: '/o/acme/jwks' });
  return (JSON.parse(response.text) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
};

describe('The published keys', () => {
  it('are the new ones on every server as soon as one was removed in an emergency', async () => {
    const { owner } = await app.given.organization();
    await kids(second);
    const [first] = await kids(app);

    for (let round = 0, known = first!; round < 3; round++) {
      const removal = await app.api.as(owner).delete(`/v1/organizations/acme/signing-keys/${known}`);
      // An announcement takes a thousandth of a second; what is kept unasked would be there for a whole one.
      await pause(100);
      const [ours, theirs] = [await kids(app), await kids(second)];

      expect(removal.status).toBeLessThan(300);
      expect(ours).not.toContain(known);
      expect(theirs).toEqual(ours);
      known = ours[0]!;
    }
  });
});
