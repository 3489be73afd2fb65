import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MetricsServer } from '../../src/platform/metrics/metrics-server.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let metrics: string;
beforeAll(async () => {
  app = await startApp({ env: { METRICS_PORT: '0' } });
  const port = await app.get(MetricsServer).listen();
  metrics = `http://127.0.0.1:${port}`;
});
afterAll(() => app.stop());

describe('Metrics', () => {
  it('tell of pool, hashes, event loop and the time of each route', async () => {
    const { owner } = await app.given.organization();
    await app.api.as(owner).get('/v1/session');

    const response = await fetch(`${metrics}/metrics`);
    const text = await response.text();

    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    for (const name of [
      'database_pool_connections',
      'database_pool_idle',
      'database_pool_waiting',
      'password_hashes_running',
      'password_hashes_queued',
      'nodejs_eventloop_lag_seconds',
      'platform_work_total{reason="organizations.create"}',
      'http_request_duration_seconds_count{method="GET",route="/v1/session",status="200"}',
    ]) {
      expect(text).toContain(`\n${name}`);
    }
  });

  it('name routes by their pattern, whatever is asked for', async () => {
    await app.api.get('/v1/organizations/somebody-in-particular/users');
    await app.api.get('/no/such/place');

    const text = await (await fetch(`${metrics}/metrics`)).text();

    expect(text).not.toContain('somebody-in-particular');
    expect(text).not.toContain('/no/such/place');
  });

  it('are on their own port only, and nothing else is there', async () => {
    expect((await app.api.get('/metrics')).status).toBe(404);
    for (const path of ['/', '/v1/session', '/healthz'])
      expect((await fetch(`${metrics}${path}`)).status).toBe(404);
  });
});
