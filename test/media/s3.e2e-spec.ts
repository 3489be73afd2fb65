import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MediaCleanup } from '../../src/media/media-cleanup.service.js';
import { startApp, type TestApp } from '../support/test-app.js';
import * as images from './images.js';
import { type S3Server, startS3Server } from './s3-server.js';
import { upload } from './uploads.js';

const mine = '/v1/me/picture';

let s3: S3Server;
let app: TestApp;
beforeAll(async () => {
  s3 = await startS3Server();
  app = await startApp({ env: s3.settings });
});
afterAll(async () => {
  await app.stop();
  await s3.remove();
});

describe('Pictures in S3', () => {
  it('are kept there, served from here, and removed when they are replaced', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);

    const first = await upload(app, max, mine, await images.png());
    expect(s3.objects()).toHaveLength(1);
    const second = await upload(app, max, mine, await images.jpeg());
    await app.get(MediaCleanup).run();

    const served = await fetch(second.body.picture);
    expect(served.status).toBe(200);
    const look = await images.lookAt(Buffer.from(await served.arrayBuffer()));
    expect(look).toMatchObject({ format: 'webp', width: 512, height: 512 });
    expect((await fetch(first.body.picture)).status).toBe(404);
    const [row] = await app.sql('select storage_key from media where user_id = $1', [max.id]);
    expect(s3.objects()).toEqual([`${row.storage_key as string}.webp`]);
  });

  it('are unavailable with it: nothing is changed then, and what has to go goes later', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization);
    const { body } = await upload(app, max, mine, await images.png());
    const gone = await app.given.user(organization);
    await upload(app, gone, mine, await images.png());
    await app.api.as(owner).delete(`/v1/organizations/${organization.slug}/users/${gone.id}`);
    const before = await app.given.snapshot(organization);
    await s3.stop();

    const response = await upload(app, max, mine, await images.jpeg());

    expect(response).toBeProblem('unavailable');
    expect(response.headers['retry-after']).toBeDefined();
    expect(await app.given.snapshot(organization)).toEqual(before);
    const path = new URL(body.picture).pathname;
    expect(await app.api.get(path)).toBeProblem('unavailable');
    // What the client holds is still right.
    const [{ content_hash: digest }] = await app.sql('select content_hash from media where user_id = $1', [
      max.id,
    ]);
    const etag = `"${(digest as Buffer).toString('base64url')}"`;
    expect((await app.api.get(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
    await app.get(MediaCleanup).run();
    const [waiting] = await app.sql(
      'select attempts, due_at > now() as "isLater" from media_deletions where attempts > 0',
    );
    expect(waiting).toEqual({ attempts: 1, isLater: true });
  });

  it('are kept with a key that nobody sees', () => {
    expect(app.logs.join('')).not.toContain('S3RVER');
  });
});
