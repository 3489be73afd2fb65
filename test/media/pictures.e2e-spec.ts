import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { makeTemporaryDirectory } from '../support/temporary-directory.js';
import * as images from './images.js';
import { multipart, put, upload } from './uploads.js';

const mine = '/v1/me/picture';

let directory: string;
let app: TestApp;
let organization: TestOrganization;
let owner: TestUser;
let max: TestUser;

beforeAll(async () => {
  directory = makeTemporaryDirectory('pictures');
  app = await startApp({ env: { DATA_DIR: directory } });
});
afterAll(async () => {
  await app.stop();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  ({ organization, owner } = await app.given.organization());
  max = await app.given.user(organization, { roles: ['member'] });
});

describe('My picture', () => {
  it.each<[string, () => Promise<Buffer>]>([
    ['a PNG', images.png],
    ['a JPEG', images.jpeg],
    ['a WebP', images.webp],
    ['an AVIF', images.avif],
  ])('is made from %s: a square, without anything but the picture', async (_, make) => {
    const response = await upload(app, max, mine, await make(), {
      name: '../../evil.exe',
      type: 'text/html',
    });

    expect(response.status).toBe(200);
    expect(response.body.picture).toMatch(new RegExp(`^${app.origin}/media/[A-Za-z0-9_-]{64}$`));
    const { bytes } = await served(response.body.picture);
    expect(await images.lookAt(bytes)).toEqual({
      format: 'webp',
      width: 512,
      height: 512,
      hasAlpha: false,
      hasMetadata: false,
      above: '255,0,0',
      below: '0,0,255',
    });
    expect(await app.given.auditOf(organization)).toEqual(['picture.changed']);
  });

  it('stands upright and tells nothing of its place and maker', async () => {
    const photograph = await images.photograph();
    expect(photograph.includes('secret-holder')).toBe(true);

    const { body } = await upload(app, max, mine, photograph);

    const { bytes } = await served(body.picture);
    // Turned by a quarter, what was above is on the right.
    expect(await images.lookAt(bytes)).toMatchObject({ hasMetadata: false, width: 512, height: 512 });
    expect((await images.lookAt(bytes)).above).not.toBe('255,0,0');
    expect(bytes.includes('secret-holder')).toBe(false);
  });

  it('is shown wherever I am', async () => {
    const { body } = await upload(app, max, mine, await images.png());
    const users = `/v1/organizations/${organization.slug}/users`;

    for (const path of ['/v1/me', '/v1/me/profile'])
      expect((await app.api.as(max).get(path)).body.picture).toBe(body.picture);
    for (const path of [`${users}/${max.id}`, `${users}/${max.id}/profile`])
      expect((await app.api.as(owner).get(path)).body.picture).toBe(body.picture);
    const list = await app.api.as(owner).get(users);
    expect(
      list.body.items.map(({ id, picture }: { id: string; picture: string | null }) => [id, picture]),
    ).toEqual(
      expect.arrayContaining([
        [max.id, body.picture],
        [owner.id, null],
      ]),
    );
  });

  it('takes the place of the one before', async () => {
    const first = await upload(app, max, mine, await images.png());
    const second = await upload(app, max, mine, await images.jpeg());
    await cleanUp();

    expect(second.body.picture).not.toBe(first.body.picture);
    expect((await served(first.body.picture)).status).toBe(404);
    expect((await served(second.body.picture)).status).toBe(200);
    expect(await objectsOf(organization)).toEqual(storedObjects(await objectsOf(organization)));
    expect(await objectsOf(organization)).toHaveLength(1);
  });

  it('is removed, and removing none is no change', async () => {
    const { body } = await upload(app, max, mine, await images.png());
    await app.given.forgetAudit(organization);

    const removed = await app.api.as(max).delete(mine);
    const again = await app.api.as(max).delete(mine);

    expect([removed.status, again.status]).toEqual([204, 204]);
    expect(await app.given.auditOf(organization)).toEqual(['picture.removed']);
    expect((await served(body.picture)).status).toBe(404);
    expect((await app.api.as(max).get('/v1/me')).body.picture).toBeNull();
  });

  it('is not an API key’s business', async () => {
    const key = await app.given.apiKey(max);
    const before = await app.given.snapshot(organization);

    expect(await upload(app, key, mine, await images.png())).toBeProblem('permission_denied');
    expect(await app.api.as(key).delete(mine)).toBeProblem('permission_denied');
    expect(await upload(app, null, mine, await images.png())).toBeProblem('unauthenticated');
    expect(await app.given.snapshot(organization)).toEqual(before);
  });
});

describe('What is no picture', () => {
  it.each<[string, string, () => Promise<Buffer> | Buffer]>([
    ['a GIF', 'unsupported_image', images.gif],
    ['a TIFF', 'unsupported_image', images.tiff],
    ['an SVG', 'unsupported_image', () => images.svg],
    ['a PDF', 'unsupported_image', () => images.pdf],
    ['a page', 'unsupported_image', () => Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['noise', 'unsupported_image', () => randomBytes(5_000)],
    ['nothing', 'unsupported_image', () => Buffer.alloc(0)],
    ['one byte', 'unsupported_image', () => Buffer.from([0x89])],
    [
      'a PDF with a picture in it',
      'unsupported_image',
      async () => Buffer.concat([images.pdf, await images.png()]),
    ],
    [
      'a GIF before a picture',
      'unsupported_image',
      async () => Buffer.concat([Buffer.from('GIF89a'), await images.png()]),
    ],
    [
      'a picture before a script',
      'invalid_image',
      async () => Buffer.concat([await images.png(), images.svg]),
    ],
    [
      'a WebP before a ZIP',
      'invalid_image',
      async () => Buffer.concat([await images.webp(), Buffer.from('PK\x03\x04')]),
    ],
    ['an AVIF before a page', 'invalid_image', async () => Buffer.concat([await images.avif(), images.svg])],
    ['the beginning of a PNG', 'invalid_image', async () => half(await images.png())],
    ['the beginning of a JPEG', 'invalid_image', async () => half(await images.jpeg())],
    ['the beginning of a WebP', 'invalid_image', async () => half(await images.webp())],
    ['the beginning of an AVIF', 'invalid_image', async () => half(await images.avif())],
    [
      'a JPEG of which there is the signature',
      'invalid_image',
      () => Buffer.from('ffd8ffe000104a464946', 'hex'),
    ],
    [
      'a script behind a signature',
      'invalid_image',
      () => Buffer.from('\xff\xd8\xff<script>alert(1)</script>', 'latin1'),
    ],
    ['a broken PNG', 'invalid_image', () => images.handmadePng(64, 64, [], randomBytes(400))],
    ['a PNG without pixels', 'invalid_image', () => images.handmadePng(0, 0)],
    [
      'a PNG with fewer pixels than it says',
      'invalid_image',
      () => images.handmadePng(64, 64, [], Buffer.alloc(0)),
    ],
    ['a bomb', 'invalid_image', images.bomb],
    ['a moving PNG', 'invalid_image', images.animatedPng],
    ['a moving WebP', 'invalid_image', images.animatedWebp],
  ])('is refused: %s', async (_, code, make) => {
    const content = await make();
    const before = await app.given.snapshot(organization);

    const response = await upload(app, max, mine, content, { name: 'me.png', type: 'image/png' });

    expect(response).toBeProblem(code);
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await announced()).toBe(0);
  });

  it('is refused when it is larger than 5 MB, told beforehand or not', async () => {
    const large = Buffer.concat([await images.png(), Buffer.alloc(5 * 1024 * 1024)]);
    const before = await app.given.snapshot(organization);

    const told = await upload(app, max, mine, large);
    const chunked = await put(app, max, mine, multipart([{ content: large }]), {
      'transfer-encoding': 'chunked',
    });

    for (const response of [told, chunked]) expect(response).toBeProblem('body_too_large');
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('is refused when it comes in another way', async () => {
    const picture = await images.png();
    const file = { content: picture };

    for (const [body, headers] of [
      [multipart([]), {}],
      [multipart([{ ...file, field: 'picture' }]), {}],
      [multipart([{ ...file, field: '__proto__' }]), {}],
      [multipart([file, file]), {}],
      [multipart([file, { field: 'more', name: null, type: 'text/plain', content: 'x' }]), {}],
      [multipart([{ field: 'file', name: null, type: 'text/plain', content: 'x' }]), {}],
      [multipart([file], { end: false }), {}],
      [multipart([file]).subarray(0, 60), {}],
      [multipart([file]), { 'content-type': 'multipart/form-data' }],
      [multipart([file]), { 'content-type': 'multipart/form-data; boundary=another' }],
      [Buffer.alloc(0), {}],
    ] as [Buffer, Record<string, string>][]) {
      expect(await put(app, max, mine, body, headers)).toBeProblem('invalid_request');
    }
    for (const type of ['image/png', 'application/json', 'text/plain', 'multipart/mixed; boundary=x']) {
      const response = await put(app, max, mine, type === 'application/json' ? Buffer.from('{}') : picture, {
        'content-type': type,
      });
      expect(response).toBeProblem('unsupported_media_type');
    }
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('is not read on routes that take JSON', async () => {
    const { status } = await app.exchange.send({
      method: 'PATCH',
      path: '/v1/me',
      headers: { authorization: `Bearer ${max.token}`, 'content-type': 'multipart/form-data; boundary=x' },
      body: multipart([{ content: await images.png() }]),
    });

    expect(status).toBe(415);
  });

  it('leaves the picture that was there', async () => {
    const { body } = await upload(app, max, mine, await images.png());

    await upload(app, max, mine, images.pdf);

    expect((await app.api.as(max).get('/v1/me')).body.picture).toBe(body.picture);
    expect((await served(body.picture)).status).toBe(200);
  });
});

describe('Many pictures at once', () => {
  it('of one person leave one whole one, and some may be told to come again', async () => {
    const picture = await images.jpeg();

    const responses = await Promise.all(Array.from({ length: 12 }, () => upload(app, max, mine, picture)));

    const statuses = responses.map(({ status }) => status);
    expect(statuses).toContain(200);
    for (const { status, headers } of responses) {
      if (status !== 200) expect([status, headers['retry-after']]).toEqual([429, '1']);
    }
    const shown = (await app.api.as(max).get('/v1/me')).body.picture;
    expect((await served(shown)).status).toBe(200);
    expect(await objectsOf(organization)).toHaveLength(1);
  });
});

describe('Slow uploads', () => {
  it('keep neither other organizations nor, for long, their own from uploading', async () => {
    const people = await Promise.all(Array.from({ length: 5 }, () => app.given.user(organization)));
    const { organization: globex } = await app.given.organization({ name: 'Globex' });
    const greta = await app.given.user(globex);
    const [nora, ...slowPeople] = people as [TestUser, ...TestUser[]];
    const picture = await images.jpeg();

    const slow = slowPeople.flatMap((person) => [1, 2].map(() => trickle(person)));
    // Until all have their places: whoever asked before would get one of them.
    await pause(500);
    expect((await upload(app, nora, mine, picture)).status).toBe(503);
    expect((await upload(app, greta, mine, picture)).status).toBe(200);

    // Too slow is found out after three seconds.
    await eventually(async () => (await upload(app, nora, mine, picture)).status === 200);
    const answers = await Promise.all(slow);
    for (const answer of answers) {
      expect(answer).toContain('HTTP/1.1 400');
      expect(answer).toContain('took too long to arrive');
    }
  }, 60_000);
});

/** Sends a byte every now and then until there is an answer. */
function trickle({ token }: TestUser): Promise<string> {
  const { hostname, port } = new URL(app.origin);
  const socket = connect(Number(port), hostname);
  const head = [
    `PUT ${mine} HTTP/1.1`,
    `Host: ${hostname}`,
    `Authorization: Bearer ${token}`,
    'Content-Type: multipart/form-data; boundary=slow',
    'Content-Length: 1000000',
  ];
  const part = '--slow\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n';
  socket.write(`${head.join('\r\n')}\r\n\r\n${part}`);
  const drip = setInterval(() => socket.write('x'), 200);
  return new Promise((resolve, reject) => {
    let answer = '';
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
      if (!answer.includes('}')) return;
      clearInterval(drip);
      socket.destroy();
      resolve(answer);
    });
  });
}

async function eventually(check: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 40; tries += 1) {
    if (await check()) return;
    await pause(250);
  }
  throw new Error('it did not happen in ten seconds');
}

describe('The picture of a user', () => {
  let path: string;
  beforeEach(() => {
    path = `/v1/organizations/${organization.slug}/users/${encodeURIComponent(max.email)}/picture`;
  });

  it('is set and removed by an administrator', async () => {
    const set = await upload(app, owner, path, await images.png());
    const removed = await app.api.as(owner).delete(path);

    expect(set.status).toBe(200);
    expect(removed.status).toBe(204);
    const events = await app.given.auditEventsOf(organization);
    expect(events.map(({ action, actor_id, target_id }) => [action, actor_id, target_id])).toEqual([
      ['picture.changed', owner.id, max.id],
      ['picture.removed', owner.id, max.id],
    ]);
  });

  it('is not touched by who may not, and not read from them', async () => {
    const helper = await app.given.user(organization, { permissions: ['users:write'] });
    const ofOwner = `/v1/organizations/${organization.slug}/users/${owner.id}/picture`;
    const { body } = await upload(app, owner, ofOwner, await images.png());
    await app.given.forgetAudit(organization);

    expect(await upload(app, max, path, await images.png())).toBeProblem('permission_denied');
    expect(await upload(app, helper, ofOwner, images.pdf)).toBeProblem('permission_denied');
    expect(await app.api.as(helper).delete(ofOwner)).toBeProblem('permission_denied');
    expect(
      await upload(app, owner, path.replace(/[^/]+\/picture/, 'nobody/picture'), images.pdf),
    ).toBeProblem('not_found');
    expect((await served(body.picture)).status).toBe(200);
    expect(await app.given.auditOf(organization)).toEqual([
      'access.refused (refused)',
      'picture.changed (refused)',
      'picture.removed (refused)',
    ]);
  });
});

describe('The logo', () => {
  let path: string;
  beforeEach(() => {
    path = `/v1/organizations/${organization.slug}/logo`;
  });

  it('keeps its form and what is transparent, within 512 by 256', async () => {
    const { status, body } = await upload(app, owner, path, await images.transparent(1024, 256));

    expect(status).toBe(200);
    const look = await images.lookAt((await served(body.logo)).bytes);
    expect(look).toMatchObject({ format: 'webp', width: 512, height: 128, hasAlpha: true });
    expect(await app.given.auditOf(organization)).toEqual(['logo.changed']);
  });

  it('is not made larger than it is', async () => {
    const { body } = await upload(app, owner, path, await images.transparent(40, 30));

    expect(await images.lookAt((await served(body.logo)).bytes)).toMatchObject({ width: 40, height: 30 });
  });

  it('is one, whoever sets it at the same time', async () => {
    const logo = await images.transparent(64, 64);

    const responses = await Promise.all([1, 2].map(() => upload(app, owner, path, logo)));

    expect(responses.map(({ status }) => status)).toEqual([200, 200]);
    const living = await Promise.all(responses.map(async ({ body }) => (await served(body.logo)).status));
    expect(living.toSorted()).toEqual([200, 404]);
  });

  it('is removed, by who may', async () => {
    const { body } = await upload(app, owner, path, await images.transparent(64, 64));
    expect(await app.api.as(max).delete(path)).toBeProblem('permission_denied');
    expect(await upload(app, max, path, await images.png())).toBeProblem('permission_denied');
    await app.given.forgetAudit(organization);

    const removed = await app.api.as(owner).delete(path);

    expect(removed.status).toBe(204);
    expect((await served(body.logo)).status).toBe(404);
    expect(await app.given.auditOf(organization)).toEqual(['logo.removed']);
  });
});

describe('A link', () => {
  it('is served for ever, to everybody, and can do nothing', async () => {
    const { body } = await upload(app, max, mine, await images.png());

    const { status, headers } = await served(body.picture);

    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'image/webp',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cross-origin-resource-policy': 'cross-origin',
      'content-disposition': 'inline; filename="image.webp"',
      etag: expect.stringMatching(/^"[A-Za-z0-9_-]{43}"$/),
    });
    expect(headers.get('set-cookie')).toBeNull();
  });

  it('is not sent again to who has it', async () => {
    const { body } = await upload(app, max, mine, await images.png());
    const { headers } = await served(body.picture);
    const path = new URL(body.picture).pathname;

    const known = await app.api.get(path, { headers: { 'if-none-match': `"x", W/${headers.get('etag')!}` } });
    const other = await app.api.get(path, { headers: { 'if-none-match': '"another"' } });

    expect([known.status, known.text, known.headers['etag']]).toEqual([304, '', headers.get('etag')]);
    expect(other.status).toBe(200);
  });

  it('shows no id, and none is made up', async () => {
    const { body } = await upload(app, max, mine, await images.png());
    const link = new URL(body.picture).pathname.split('/').at(-1)!;
    const [{ id }] = await app.sql('select id from media where user_id = $1', [max.id]);
    const plain = Buffer.from(link, 'base64url').toString('hex');
    for (const part of [max.id, organization.id, id as string])
      expect(plain).not.toContain(part.replaceAll('-', '').slice(-12));

    for (const wrong of [
      id as string,
      max.id,
      link.slice(0, -1),
      `${link}A`,
      link.toLowerCase(),
      [...link].toReversed().join(''),
      Buffer.alloc(48).toString('base64url'),
      Buffer.from(`${organization.id}${id}`.replaceAll('-', ''), 'hex').toString('base64url'),
      '..%2f..%2fetc%2fpasswd',
      '%00',
    ]) {
      const response = await app.api.get(`/media/${wrong}`);
      expect(response).toBeProblem('not_found');
    }
  });

  it('leads to nothing while the organization is suspended', async () => {
    const { body } = await upload(app, max, mine, await images.png());
    await app.api.as(await app.given.operator()).put(`/v1/organizations/${organization.slug}/suspension`);

    expect((await served(body.picture)).status).toBe(404);
  });
});

describe('What belongs to somebody who goes', () => {
  it('goes with the user', async () => {
    const { body } = await upload(app, max, mine, await images.png());
    const [object] = await objectsOf(organization);

    await app.api.as(owner).delete(`/v1/organizations/${organization.slug}/users/${max.id}`);
    expect((await served(body.picture)).status).toBe(404);
    await cleanUp();

    expect(storedObjects([object!])).toEqual([]);
  });

  it('goes with the organization', async () => {
    const logo = `/v1/organizations/${organization.slug}/logo`;
    await upload(app, owner, logo, await images.png());
    await upload(app, max, mine, await images.png());
    const objects = await objectsOf(organization);
    expect(storedObjects(objects)).toHaveLength(2);

    await app.api.as(await app.given.operator()).delete(`/v1/organizations/${organization.slug}`);
    await cleanUp();

    expect(storedObjects(objects)).toEqual([]);
    expect(await app.sql('select * from media_deletions')).toEqual([]);
  });

  it('goes when nobody has made a row of it, but not before an hour', async () => {
    await upload(app, max, mine, await images.png());
    const [object] = await objectsOf(organization);
    // As if the server had died between object and row.
    await app.sql('alter table media disable trigger list_deletion');
    await app.sql('delete from media where user_id = $1', [max.id]);
    await app.sql('alter table media enable trigger list_deletion');
    await app.sql(
      `insert into media_deletions (storage_key, due_at) values ($1, now() + interval '1 hour')`,
      [object],
    );

    await cleanUp();
    expect(storedObjects([object!])).toEqual([object]);
    await app.sql(`update media_deletions set due_at = due_at - interval '61 minutes'`);
    await cleanUp();

    expect(storedObjects([object!])).toEqual([]);
  });

  it('is not made a row of once its removal has begun', async () => {
    const key = 'ab'.repeat(24);
    await app.sql(`insert into media_deletions (storage_key, due_at) values ($1, now())`, [key]);
    await app.sql(`select set_config('app.platform', 'on', false)`);
    await app.sql('select take_media_deletions(10)');

    const [row] = await app.sql('select keep_media_object($1) as kept', [key]);

    expect(row).toEqual({ kept: false });
    await app.sql('delete from media_deletions');
  });
});

const half = (bytes: Buffer): Buffer => bytes.subarray(0, Math.floor(bytes.length / 2));

async function served(address: string): Promise<{ status: number; headers: Headers; bytes: Buffer }> {
  const response = await fetch(address);
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

/** Does what the worker does each minute. */
const cleanUp = (): Promise<void> => app.get(Jobs).run('remove-media');

async function announced(): Promise<number> {
  const [row] = await app.sql(`select count(*)::int as count from media_deletions where due_at > now()`);
  return row.count as number;
}

async function objectsOf({ id }: TestOrganization): Promise<string[]> {
  const rows = await app.sql('select storage_key from media where org_id = $1 order by 1', [id]);
  return rows.map((row) => row['storage_key'] as string);
}

/** Those of the keys under which there is a file. */
function storedObjects(keys: string[]): string[] {
  return keys.filter((key) => {
    const folder = join(directory, 'media', key.slice(0, 2), key.slice(2, 4));
    return existsSync(folder) && readdirSync(folder).includes(`${key}.webp`);
  });
}
