import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { png } from '../media/images.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { givenProvider, identityOf, signInWith } from './world.js';

let app: TestApp;
let server: Server;
let elsewhere: string;
const pictures = new Map<string, { status: number; body: Buffer }>();

beforeAll(async () => {
  app = await startApp({ env: { OUTBOUND_ALLOWED_RANGES: '127.0.0.1/32' } });
  server = createServer((request, response) => {
    const { status, body } = pictures.get(request.url!) ?? { status: 404, body: Buffer.from('nothing') };
    response.writeHead(status, { 'content-type': 'image/png' }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  elsewhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await app.stop();
});

async function arriveWith(
  picture: string,
  beforeFetching: (userId: string) => Promise<void> = async () => {},
) {
  const { organization, owner } = await app.given.organization({ registration: { mode: 'open' } });
  const provider = await givenProvider(app, organization);
  const { account } = await signInWith(app, organization, identityOf(provider, { claims: { picture } }));
  await beforeFetching(account.id);
  await app.get(Jobs).drain();
  const response = await app.api.as(owner).get(`/v1/organizations/${organization.slug}/users/${account.id}`);
  return { organization, picture: response.body['picture'] as string | null, account };
}

describe('The picture of somebody new', () => {
  it('is made anew from its pixels, and is ours', async () => {
    pictures.set('/max.png', { status: 200, body: await png(600, 400) });

    const { picture, organization } = await arriveWith(`${elsewhere}/max.png`);

    const served = await app.exchange.send({ method: 'GET', path: new URL(picture!).pathname });
    expect(served.headers['content-type']).toBe('image/webp');
    expect(await app.given.auditOf(organization)).toContain('picture.changed');
  });

  it.each([
    ['/missing.png', 'is not there'],
    ['/page.html', 'is none'],
    ['/large.png', 'is too large'],
  ])('%s that %s keeps nobody out', async (path) => {
    pictures.set('/page.html', { status: 200, body: Buffer.from('<script>alert(1)</script>') });
    pictures.set('/large.png', { status: 200, body: Buffer.alloc(2 * 1024 * 1024, 1) });

    const { picture, organization } = await arriveWith(`${elsewhere}${path}`);

    expect(picture).toBeNull();
    expect(await app.given.auditOf(organization)).toEqual(['user.signed_up', 'account.linked']);
  });

  it('is not fetched from a private address', async () => {
    const { picture } = await arriveWith('http://169.254.169.254/latest/meta-data');

    expect(picture).toBeNull();
  });

  it('comes too late for whoever is no more', async () => {
    pictures.set('/late.png', { status: 200, body: await png(64, 64) });

    const { organization, account } = await arriveWith(`${elsewhere}/late.png`, async (userId) => {
      await app.sql('delete from users where id = $1', [userId]);
    }).catch(() => ({ organization: null, account: null }));

    expect(organization).toBeDefined();
    expect(await app.sql('select 1 from media where user_id = $1', [account?.id ?? null])).toEqual([]);
  });
});
