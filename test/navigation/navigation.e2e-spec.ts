import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { statementsOf } from '../access-control/statements.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

describe('the navigation', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  const navigation = (organization: TestOrganization, rest = '') =>
    `/v1/organizations/${organization.slug}/navigation${rest && `/${rest}`}`;

  /** Home, Articles with Publish (articles:publish), and the menu Administration with Users (users:read). */
  const entries = [
    { key: 'home', label: 'Home', path: '/' },
    {
      key: 'articles',
      label: 'Articles',
      path: '/articles',
      children: [{ key: 'publish', label: 'Publish', path: '/articles/new', permission: 'articles:publish' }],
    },
    {
      key: 'administration',
      label: 'Administration',
      children: [
        { key: 'users', label: 'Users', path: 'https://admin.acme.example/users', permission: 'users:read' },
      ],
    },
  ];

  async function givenNavigation(): Promise<{ organization: TestOrganization; owner: TestUser }> {
    const { organization, owner } = await app.given.organization();
    await app.sql(`insert into permissions (org_id, resource, action) values ($1, 'articles', 'publish')`, [
      organization.id,
    ]);
    const replaced = await app.api.as(owner).put(navigation(organization), { items: entries });
    expect(replaced.status).toBe(200);
    await app.given.forgetAudit(organization);
    return { organization, owner };
  }

  const keysOf = (items: { key: string; children: never[] }[]): unknown[] =>
    items.map(({ key, children }) => (children.length === 0 ? key : [key, ...keysOf(children)]));
  const keys = async (organization: TestOrganization, owner: TestUser) =>
    keysOf((await app.api.as(owner).get(navigation(organization))).body.items);

  it('is empty at first, and is created item by item', async () => {
    const { organization, owner } = await app.given.organization();

    const empty = await app.api.as(owner).get(navigation(organization));
    const articles = await app.api
      .as(owner)
      .post(navigation(organization), { key: 'articles', label: ' Articles ', path: '/articles' });
    const menu = await app.api.as(owner).post(navigation(organization), { key: 'more', label: 'More' });
    const users = await app.api.as(owner).post(navigation(organization), {
      key: 'users',
      label: 'Users',
      path: '/users',
      parent: 'more',
      permission: 'users:read',
    });
    const all = await app.api.as(owner).get(navigation(organization));

    expect(empty.body).toEqual({ items: [], version: 0 });
    expect(articles.status).toBe(201);
    expect(articles.body).toMatchObject({
      key: 'articles',
      label: 'Articles',
      kind: 'page',
      path: '/articles',
      parent: null,
      position: 0,
      permission: null,
      version: 1,
    });
    expect(menu.body).toMatchObject({ kind: 'menu', path: null, position: 1 });
    expect(users.body).toMatchObject({ parent: 'more', position: 0, permission: 'users:read' });
    expect(keysOf(all.body.items)).toEqual(['articles', ['more', 'users']]);
    expect(all.body.version).toBe(3);
    expect(all.headers['etag']).toBe('"3"');
    expect(await app.given.auditOf(organization)).toEqual([
      'navigation_item.created',
      'navigation_item.created',
      'navigation_item.created',
    ]);
  });

  it('creates once what is asked for twice', async () => {
    const { organization, owner } = await app.given.organization();
    const options = { headers: { 'idempotency-key': 'one-item' } };

    const [first, second] = [
      await app.api.as(owner).post(navigation(organization), { key: 'a', label: 'A' }, options),
      await app.api.as(owner).post(navigation(organization), { key: 'a', label: 'A' }, options),
    ];

    expect(second.body).toEqual(first.body);
    expect(await keys(organization, owner)).toEqual(['a']);
    expect(await app.given.auditOf(organization)).toEqual(['navigation_item.created']);
  });

  it('is changed and moved item by item, with what is under it', async () => {
    const { organization, owner } = await givenNavigation();

    const moved = await app.api
      .as(owner)
      .patch(
        navigation(organization, 'articles'),
        { parent: 'administration', position: 7 },
        { headers: { 'if-match': '"1"' } },
      );
    const stale = await app.api
      .as(owner)
      .patch(navigation(organization, 'articles'), { label: 'X' }, { headers: { 'if-match': '"1"' } });
    const changed = await app.api.as(owner).patch(navigation(organization, moved.body.id as string), {
      key: 'texts',
      label: 'Texts',
      kind: 'menu',
      path: null,
      permission: 'articles:publish',
    });

    expect(moved.body).toMatchObject({ parent: 'administration', position: 7, version: 2 });
    expect(stale).toBeProblem('stale');
    expect(changed.body).toMatchObject({
      id: moved.body.id,
      key: 'texts',
      kind: 'menu',
      path: null,
      version: 3,
    });
    expect(await keys(organization, owner)).toEqual([
      'home',
      ['administration', 'users', ['texts', 'publish']],
    ]);
    expect(await app.given.auditOf(organization)).toEqual([
      'navigation_item.updated',
      'navigation_item.updated',
    ]);
  });

  it('loses an item with everything under it', async () => {
    const { organization, owner } = await givenNavigation();

    const deleted = await app.api.as(owner).delete(navigation(organization, 'articles'));

    expect(deleted.status).toBe(204);
    expect(await keys(organization, owner)).toEqual(['home', ['administration', 'users']]);
    const [event] = await app.given.auditEventsOf(organization);
    expect(event).toMatchObject({ action: 'navigation_item.deleted' });
    expect((event!.change['deleted'] as string[]).toSorted()).toEqual(['articles', 'publish']);
  });

  it('refuses what cannot be, and keeps what there is', async () => {
    const { organization, owner } = await givenNavigation();
    const { organization: globex, owner: foreigner } = await app.given.organization({ name: 'Globex' });
    const theirs = await app.api.as(foreigner).post(navigation(globex), { key: 'theirs', label: 'Theirs' });
    const before = await app.given.snapshot(organization);
    const create = (body: object) =>
      app.api.as(owner).post(navigation(organization), { key: 'new', label: 'New', ...body });
    const change = (item: string, body: object) =>
      app.api.as(owner).patch(navigation(organization, item), body);

    expect(await create({ key: 'home' })).toBeProblem('navigation_key_taken');
    expect(await create({ parent: 'nowhere' })).toBeProblem('unknown_navigation_item');
    expect(await create({ parent: theirs.body.id })).toBeProblem('unknown_navigation_item');
    expect(await create({ permission: 'articles:burn' })).toBeProblem('unknown_permission');
    expect(await create({ permission: 'users:burn' })).toBeProblem('unknown_permission');
    expect(await create({ permission: 'platform:organizations' })).toBeProblem('unknown_permission');
    expect(await create({ permission: 'articles:*' })).toBeProblem('invalid_request', {
      pointer: '/permission',
    });
    expect(await create({ kind: 'page' })).toBeProblem('invalid_request', { pointer: '/path' });
    expect(await create({ label: 'two\nlines' })).toBeProblem('invalid_request', { pointer: '/label' });
    expect(await create({ label: ' ' })).toBeProblem('invalid_request', { pointer: '/label' });
    expect(await create({ key: theirs.body.id })).toBeProblem('invalid_request', { pointer: '/key' });
    for (const path of ['javascript:alert(1)', '//evil.example', '/\t/evil.example', 'http://a.example', 'a'])
      expect(await create({ path })).toBeProblem('invalid_request', { pointer: '/path' });
    expect(await change('articles', { parent: 'articles' })).toBeProblem('navigation_cycle');
    expect(await change('articles', { parent: 'publish' })).toBeProblem('navigation_cycle');
    expect(await change('home', { path: null })).toBeProblem('invalid_request', { pointer: '/path' });
    expect(await change('home', { key: 'articles' })).toBeProblem('navigation_key_taken');
    expect(await change(theirs.body.id as string, { label: 'Mine' })).toBeProblem('not_found');
    expect(await app.api.as(owner).delete(navigation(organization, 'nowhere'))).toBeProblem('not_found');
    expect(await app.api.as(owner).delete(navigation(organization, 'a%00b'))).toBeProblem('not_found');

    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('is five levels deep at most', async () => {
    const { organization, owner } = await app.given.organization();
    const nested = (levels: number): object => ({
      key: `level-${levels}`,
      label: 'Level',
      ...(levels > 1 && { children: [nested(levels - 1)] }),
    });

    const five = await app.api.as(owner).put(navigation(organization), { items: [nested(5)] });
    const six = await app.api.as(owner).put(navigation(organization), { items: [nested(6)] });
    const under = await app.api
      .as(owner)
      .post(navigation(organization), { key: 'deeper', label: 'Deeper', parent: 'level-1' });
    await app.api.as(owner).post(navigation(organization), { key: 'top', label: 'Top' });
    const moved = await app.api.as(owner).patch(navigation(organization, 'level-5'), { parent: 'top' });

    expect(five.status).toBe(200);
    expect(six).toBeProblem('invalid_request');
    expect(under).toBeProblem('navigation_too_deep');
    expect(moved).toBeProblem('navigation_too_deep');
  });

  it('has 500 items at most', async () => {
    const { organization, owner } = await app.given.organization();
    const items = (count: number) =>
      Array.from({ length: count }, (_, number) => ({ key: `k${number}`, label: 'Label' }));

    const many = await app.api.as(owner).put(navigation(organization), { items: items(500) });
    const tooMany = await app.api
      .as(owner)
      .put(navigation(organization), { items: [{ key: 'all', label: 'All', children: items(500) }] });
    const another = await app.api.as(owner).post(navigation(organization), { key: 'x', label: 'X' });

    expect(many.status).toBe(200);
    expect(tooMany).toBeProblem('limit_reached');
    expect(another).toBeProblem('limit_reached');
  });

  it('is replaced as a whole: what keeps its key keeps its id, wherever it goes', async () => {
    const { organization, owner } = await givenNavigation();
    const before = (await app.api.as(owner).get(navigation(organization))).body;
    const publish = before.items[1].children[0];

    const replaced = await app.api.as(owner).put(
      navigation(organization),
      {
        items: [
          { key: 'new', label: 'New', children: [{ key: 'publish', label: 'Publish', path: '/publish' }] },
          { key: 'home', label: 'Home', path: '/' },
        ],
      },
      { headers: { 'if-match': '"1"' } },
    );
    const stale = await app.api
      .as(owner)
      .put(navigation(organization), { items: [] }, { headers: { 'if-match': '"1"' } });

    expect(keysOf(replaced.body.items)).toEqual([['new', 'publish'], 'home']);
    expect(replaced.body.version).toBe(2);
    expect(replaced.body.items[0].children[0]).toMatchObject({ id: publish.id, version: 2, parent: 'new' });
    expect(replaced.body.items[1]).toMatchObject({ id: before.items[0].id, position: 1, version: 2 });
    expect(stale).toBeProblem('stale');
    expect(await app.given.auditOf(organization)).toEqual(['navigation.replaced']);
  });

  it('is replaced wholly or not at all', async () => {
    const { organization, owner } = await givenNavigation();
    const before = await app.given.snapshot(organization);
    const replace = (items: object[]) => app.api.as(owner).put(navigation(organization), { items });
    const home = { key: 'home', label: 'Home' };

    expect(await replace([home, { ...home, children: [home] }])).toBeProblem('navigation_key_taken');
    expect(await replace([home, { key: 'x', label: 'X', permission: 'x:y' }])).toBeProblem(
      'unknown_permission',
    );
    expect(
      await replace([home, { key: 'x', label: 'X', children: [{ key: 'y', label: 'Y', kind: 'page' }] }]),
    ).toBeProblem('invalid_request', { pointer: '/items/1/children/0/path' });
    expect(await replace([{ ...home, path: 'javascript:alert(1)' }])).toBeProblem('invalid_request', {
      pointer: '/items/0/path',
    });

    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('has no circle after two have moved items under each other at once', async () => {
    const { organization, owner } = await app.given.organization();
    await app.api.as(owner).put(navigation(organization), {
      items: [
        { key: 'a', label: 'A' },
        { key: 'b', label: 'B' },
      ],
    });

    const answers = await Promise.all([
      app.api.as(owner).patch(navigation(organization, 'a'), { parent: 'b' }),
      app.api.as(owner).patch(navigation(organization, 'b'), { parent: 'a' }),
    ]);

    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 422]);
    expect(await keys(organization, owner)).toHaveLength(1);
  });

  it('shows to everybody what they may see, by session and by API key', async () => {
    const { organization, owner } = await givenNavigation();
    const member = await app.given.user(organization, { roles: ['member'] });
    const writer = await app.given.user(organization, { permissions: ['articles:*'] });
    const key = await app.given.apiKey(owner, { permissions: ['users:read'] });
    const seenBy = async (who: { token: string }) =>
      keysOf((await app.api.as(who).get(navigation(organization, 'me'))).body.items);

    expect(await seenBy(owner)).toEqual(['home', ['articles', 'publish'], ['administration', 'users']]);
    expect(await seenBy(member)).toEqual(['home', 'articles']);
    expect(await seenBy(writer)).toEqual(['home', ['articles', 'publish']]);
    expect(await seenBy(key)).toEqual(['home', 'articles', ['administration', 'users']]);
    const seen = await app.api.as(member).get(navigation(organization, 'me'));
    expect(seen.body.items[0]).toEqual({ key: 'home', label: 'Home', kind: 'page', path: '/', children: [] });
    expect(await app.api.get(navigation(organization, 'me'))).toBeProblem('unauthenticated');
    expect(await app.api.as(member).get(navigation(organization))).toBeProblem('permission_denied');
    expect(await app.api.as(member).put(navigation(organization), { items: [] })).toBeProblem(
      'permission_denied',
    );
  });

  it('shows nobody an item whose permission was deleted, except who holds everything', async () => {
    const { organization, owner } = await givenNavigation();
    const writer = await app.given.user(organization, { permissions: ['articles:publish'] });
    await app.sql('delete from role_permissions where org_id = $1 and permission = $2', [
      organization.id,
      'articles:publish',
    ]);
    await app.sql('delete from permissions where org_id = $1', [organization.id]);

    const seen = await app.api.as(writer).get(navigation(organization, 'me'));
    const ofOwner = await app.api.as(owner).get(navigation(organization, 'me'));
    const renamed = await app.api.as(owner).patch(navigation(organization, 'publish'), { label: 'Other' });

    expect(keysOf(seen.body.items)).toEqual(['home', 'articles']);
    expect(keysOf(ofOwner.body.items)).toContainEqual(['articles', 'publish']);
    expect(renamed.status).toBe(200);
  });

  it('is not sent again to who has it', async () => {
    const { organization, owner } = await givenNavigation();
    const read = (etag?: string) =>
      app.api
        .as(owner)
        .get(
          navigation(organization, 'me'),
          etag === undefined ? {} : { headers: { 'if-none-match': etag } },
        );
    const first = await read();
    const etag = first.headers['etag']!;

    const again = await read(etag);
    const amongOthers = await read(`"x", W/${etag}`);
    await app.api.as(owner).patch(navigation(organization, 'home'), { label: 'Start' });
    const later = await read(etag);

    expect(first.headers['cache-control']).toBe('private, no-cache');
    expect([again.status, again.text, amongOthers.status]).toEqual([304, '', 304]);
    expect(later.status).toBe(200);
    expect(later.headers['etag']).not.toBe(etag);
  });

  it('is read with as many statements whatever its size', async () => {
    const { organization, owner } = await app.given.organization();
    const read = () => app.api.as(owner).get(navigation(organization, 'me'));
    await read();
    const ofNone = await statementsOf(read);
    await app.api.as(owner).put(navigation(organization), { items: entries.slice(0, 1) });

    expect(await statementsOf(read)).toBe(ofNone);
  });
});
