import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { migrate } from '../../src/platform/database/migrator.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

describe('The role that serves requests', () => {
  it('cannot make an active organization vanish, and what was recorded of it', async () => {
    const { organization } = await app.given.organization();
    const server = new pg.Client({ connectionString: app.serverUrl });
    await server.connect();
    await server.query(`set app.platform = 'on'`);
    await expect(
      server.query('delete from tenantry.organizations where id = $1', [organization.id]),
    ).rejects.toThrow('permission denied');
    await server.query('select tenantry.erase_organization($1, 1000)', [organization.id]);
    await server.end();

    expect(
      await app.sql('select 1 from audit_events where org_id = $1 limit 1', [organization.id]),
    ).toHaveLength(1);
  });

  it('is not the one that owns the schema, which no policy binds', async () => {
    const { ownerUrl } = app.database;

    await expect(migrate({ databaseUrl: ownerUrl, serverUrl: ownerUrl })).rejects.toThrow(
      'DATABASE_SERVER_URL must name another one',
    );
  });
});
