import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Draining } from '../../src/platform/health/health.controller.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

it('A server that is about to end says so to balancers, and still lives', async () => {
  expect((await app.api.get('/readyz')).status).toBe(200);

  app.get(Draining).isDraining = true;

  expect(await app.api.get('/readyz')).toBeProblem('unavailable');
  expect((await app.api.get('/healthz')).status).toBe(200);
});
