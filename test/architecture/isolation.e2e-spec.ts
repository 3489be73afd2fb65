import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountTokens } from '../../src/accounts/account-tokens.service.js';
import { newId } from '../../src/platform/crypto/uuid.js';
import { issueToken } from '../../src/platform/crypto/secret-token.js';
import { Database } from '../../src/platform/database/database.js';
import { SigningKeys } from '../../src/signing-keys/signing-keys.service.js';
import { type Schema, exampleOf, propertiesOf } from '../support/examples.js';
import type { Received } from '../support/http-exchange.js';
import type { Route } from '../support/openapi-contract.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

/** One of everything that an organization can have. */
interface World {
  organization: TestOrganization;
  owner: TestUser;
  user: TestUser;
  role: { id: string; name: string };
  team: { id: string; name: string };
  permission: { id: string; name: string };
  session: { id: string; token: string };
  apiKey: { id: string; token: string };
  invitation: { id: string };
  mail: { id: string };
  delivery: { id: string };
  navigationItem: { id: string; key: string };
  signingKey: { kid: string };
  application: { id: string };
  secret: { id: string };
  registrationToken: { id: string };
  scope: { id: string; name: string };
  claim: { id: string; name: string };
  resource: { id: string };
  upstream: { id: string; name: string };
  attempt: { reference: string };
  account: { id: string };
  emailDomain: { id: string; domain: string };
}

/** A name of something, and a name of the same form that means nothing anywhere. */
interface Pair {
  foreign: string;
  random: string;
}

/** How each path parameter can name what belongs to somebody. A new parameter needs a line here, or in `choices`. */
const names: Record<string, (world: World) => Pair[]> = {
  organization: ({ organization: { id, slug } }) => [
    { foreign: slug, random: 'nowhere-at-all' },
    { foreign: id, random: newId() },
    { foreign: id.toUpperCase(), random: newId().toUpperCase() },
  ],
  user: ({ user: { id, email, username } }) => [
    { foreign: id, random: newId() },
    { foreign: email, random: 'nobody@nowhere.example' },
    { foreign: username!, random: 'nobody-at-all' },
  ],
  role: ({ role: { id, name } }) => [
    { foreign: id, random: newId() },
    { foreign: name, random: 'no-such-role' },
  ],
  team: ({ team: { id, name } }) => [
    { foreign: id, random: newId() },
    { foreign: name, random: 'no-such-team' },
  ],
  permission: ({ permission: { id, name } }) => [
    { foreign: id, random: newId() },
    { foreign: name, random: 'nothing:whatever' },
  ],
  session: ({ session: { id } }) => [{ foreign: id, random: newId() }],
  apiKey: ({ apiKey: { id } }) => [{ foreign: id, random: newId() }],
  invitation: ({ invitation: { id } }) => [{ foreign: id, random: newId() }],
  delivery: ({ delivery: { id } }) => [{ foreign: id, random: newId() }],
  mail: ({ mail: { id } }) => [{ foreign: id, random: newId() }],
  kid: ({ signingKey: { kid } }) => [{ foreign: kid, random: 'k'.repeat(43) }],
  item: ({ navigationItem: { id, key } }) => [
    { foreign: id, random: newId() },
    { foreign: key, random: 'no-such-item' },
  ],
  application: ({ application: { id } }) => [{ foreign: id, random: newId() }],
  secret: ({ secret: { id } }) => [{ foreign: id, random: newId() }],
  registrationToken: ({ registrationToken: { id } }) => [{ foreign: id, random: newId() }],
  scope: ({ scope: { id, name } }) => [
    { foreign: id, random: newId() },
    { foreign: name, random: 'no-such-scope' },
  ],
  claim: ({ claim: { id, name } }) => [
    { foreign: id, random: newId() },
    { foreign: name, random: 'no-such-claim' },
  ],
  resource: ({ resource: { id } }) => [{ foreign: id, random: newId() }],
  provider: ({ upstream: { id, name } }) => [
    { foreign: id, random: newId() },
    { foreign: name, random: 'no-such-provider' },
  ],
  reference: ({ attempt: { reference } }) => [{ foreign: reference, random: '0000-0000' }],
  account: ({ account: { id } }) => [{ foreign: id, random: newId() }],
  domain: ({ emailDomain: { id, domain } }) => [
    { foreign: id, random: newId() },
    { foreign: domain, random: 'nowhere-at-all.example' },
  ],
};

/** Parameters that choose among fixed words. */
const choices: Record<string, string> = {
  kind: 'registration',
  locale: 'en',
  name: 'reset-password',
  preset: 'posters-and-commenters',
  type: 'password_reset',
};

/** What a query can name. A cursor names a place in a list of one organization. */
const queryNames: Record<string, (world: World) => Pair[]> = {
  role: names['role']!,
  organization: names['organization']!,
  actor: ({ user: { id } }) => [{ foreign: id, random: newId() }],
  target: ({ user: { id } }) => [{ foreign: id, random: newId() }],
};

/** Parts of bodies that name or hold something of an organization, by operation; the rest of the body is that of the document. */
const bodyNames: Record<
  string,
  (world: World) => { place: string; pairs: Pair[]; body: (value: string) => unknown }[]
> = {
  Providers_create: (world) => [
    {
      place: '/roleMapping/-/role',
      pairs: names['role']!(world),
      body: (role) => ({
        name: 'another',
        type: 'google',
        clientId: 'client',
        roleMapping: [{ claim: 'groups', value: 'editors', role }],
      }),
    },
  ],
  Providers_update: (world) => [
    {
      place: '/roleMapping/-/role',
      pairs: names['role']!(world),
      body: (role) => ({ roleMapping: [{ claim: 'groups', value: 'editors', role }] }),
    },
  ],
  AccessCheck_check: (world) => [
    {
      place: '/userId',
      pairs: [{ foreign: world.user.id, random: newId() }],
      body: (userId) => ({ userId, permission: 'articles:publish' }),
    },
    {
      place: '/token',
      pairs: [tokenPair(world)],
      body: (token) => ({ token, permission: 'articles:publish' }),
    },
  ],
  Validation_validate: (world) => [
    { place: '/token', pairs: [tokenPair(world)], body: (token) => ({ token }) },
  ],
  UserRoles_set: (world) => grants(world),
  TeamRoles_set: (world) => grants(world),
  ApplicationRoles_set: (world) => grants(world),
  Applications_create: (world) => [
    {
      place: '/allowedScopes',
      pairs: scopeNames(world),
      body: (scope) => ({ type: 'machine', name: 'Machine', allowedScopes: [scope] }),
    },
  ],
  Applications_update: (world) => [
    { place: '/allowedScopes', pairs: scopeNames(world), body: (scope) => ({ allowedScopes: [scope] }) },
  ],
  CustomScopes_create: (world) => [
    {
      place: '/claims',
      pairs: [{ foreign: world.claim.name, random: 'no-such-claim' }],
      body: (claim) => ({ name: 'new-scope', claims: [claim] }),
    },
  ],
  Invitations_create: (world) => [
    ...grants(world).map((grant) => ({
      ...grant,
      body: (role: string) => ({ ...(grant.body(role) as object), email: 'new@nowhere.example' }),
    })),
    {
      place: '/teams',
      pairs: names['team']!(world),
      body: (team) => ({ teams: [team], email: 'new@nowhere.example' }),
    },
  ],
  EmailDomains_create: (world) => providerNames(world, { domain: 'new.example' }),
  EmailDomains_update: (world) => providerNames(world),
  Users_create: (world) =>
    grants(world).map((grant) => ({
      ...grant,
      body: (role) => ({ ...(grant.body(role) as object), username: 'new-user' }),
    })),
};

/** Names of properties that can name something; those of bodies must stand in `bodyNames`. */
const naming = /^(user|role|team|session|permission|token|apiKey|organization)(s|Id|Ids)?$/;
/** Permissions in a body are words that an organization defines for itself, and `permission` of a check is one of them. */
const words = /\/permissions?$/;

function tokenPair(world: World): Pair {
  return { foreign: world.session.token, random: issueToken('session', newId()).token };
}

function scopeNames({ scope: { name } }: World): Pair[] {
  return [{ foreign: name, random: 'no-such-scope' }];
}

function providerNames({ upstream: { id, name } }: World, others: object = {}) {
  return [
    {
      place: '/provider',
      pairs: [
        { foreign: id, random: newId() },
        { foreign: name, random: 'no-such-provider' },
      ],
      body: (provider: string): unknown => ({ ...others, provider }),
    },
  ];
}

function grants(world: World) {
  const pairs = names['role']!(world);
  return [
    { place: '/roles', pairs, body: (role: string): unknown => ({ roles: [role] }) },
    { place: '/roles/-/role', pairs, body: (role: string): unknown => ({ roles: [{ role }] }) },
  ];
}

let app: TestApp;
let acme: World;
let globex: World;
let tokens: Record<string, string>;

beforeAll(async () => {
  app = await startApp({ txtResolver: { resolve: () => Promise.resolve({ kind: 'none' }) } });
  acme = await makeWorld('acme');
  globex = await makeWorld('globex');
  tokens = {
    'an owner': acme.owner.token,
    'an API key that holds everything': (await app.given.apiKey(acme.owner)).token,
  };
});
afterAll(() => app.stop());

describe('Another organization', () => {
  it.each(['an owner', 'an API key that holds everything'])(
    'answers %s like one that does not exist, whatever is asked of it',
    async (principal) => {
      const before = await everything();
      const tried = new Set<string>();
      for (const route of closedRoutes().filter(({ path }) => path.includes('{organization}'))) {
        for (const pair of names['organization']!(globex)) {
          // Once with what lives there, once with what lives at home.
          for (const world of [globex, acme]) {
            await expectAlike(
              tokens[principal]!,
              route,
              (value) => fill(route.path, { ...namesOf(world), organization: value }),
              pair,
            );
          }
        }
        tried.add(nameOf(route));
      }

      expect(tried.size).toBeGreaterThan(30);
      expect(await everything()).toEqual(before);
    },
  );

  it('answers an operator like one that does not exist, where operators have no business', async () => {
    const operator = await app.given.operator();
    const before = await everything();
    const routes = closedRoutes().filter(
      ({ path, operation }) => path.includes('{organization}') && operation['x-access']?.operators !== true,
    );
    for (const route of routes) {
      for (const pair of names['organization']!(globex)) {
        await expectAlike(
          operator.token,
          route,
          (value) => fill(route.path, { ...namesOf(globex), organization: value }),
          pair,
        );
      }
    }

    expect(await everything()).toEqual(before);
  });
});

describe('What belongs to another organization', () => {
  it.each(['an owner', 'an API key that holds everything'])(
    'answers %s like what does not exist',
    async (principal) => {
      const before = await everything();
      const tried = new Set<string>();
      for (const route of closedRoutes()) {
        for (const parameter of parametersOf(route).filter(
          (name) => name !== 'organization' && !(name in choices),
        )) {
          for (const pair of pairsOf(parameter)) {
            await expectAlike(
              tokens[principal]!,
              route,
              (value) => fill(route.path, { ...namesOf(acme), [parameter]: value }),
              pair,
            );
            tried.add(`${nameOf(route)} ${parameter}`);
          }
        }
      }

      expect(tried.size).toBeGreaterThan(25);
      expect(await everything()).toEqual(before);
    },
  );

  it('is not found by a query', async () => {
    const before = await everything();
    for (const route of closedRoutes().filter(({ method }) => method === 'GET')) {
      const path = fill(route.path, namesOf(acme));
      for (const { name } of (route.operation.parameters ?? []).filter(
        (parameter) => parameter.in === 'query',
      )) {
        for (const pair of queryNames[name]?.(globex) ?? []) {
          await expectAlike(
            acme.owner.token,
            route,
            (value) => `${path}?${name}=${encodeURIComponent(value)}`,
            pair,
          );
        }
      }
    }

    expect(await everything()).toEqual(before);
  });

  it('is not reached by a cursor', async () => {
    const lists = closedRoutes().filter(
      ({ path, operation }) =>
        path.includes('{organization}') && operation.parameters?.some(({ name }) => name === 'cursor'),
    );
    const positions: string[] = [];
    for (const route of lists) {
      const foreignPath = fill(route.path, namesOf(globex));
      const page = await app.api.as(globex.owner).get(`${foreignPath}?limit=1`);
      expect(page.status).toBe(200);
      if (page.body.nextCursor === null) continue;
      positions.push(nameOf(route));
      const path = fill(route.path, namesOf(acme));
      await expectAlike(acme.owner.token, route, (value) => `${path}?cursor=${value}`, {
        foreign: page.body.nextCursor as string,
        random: Buffer.alloc(60, 'x').toString('base64url'),
      });
    }

    expect(positions.length).toBeGreaterThan(3);
  });

  it('is not reached by a name in a body', async () => {
    const before = await everything();
    for (const route of closedRoutes()) {
      for (const { pairs, body } of bodyNames[route.operation.operationId]?.(globex) ?? []) {
        for (const { foreign, random } of pairs) {
          const path = fill(route.path, namesOf(acme));
          const answers = await Promise.all(
            [foreign, random].map((value) => send(acme.owner.token, route.method, path, body(value))),
          );

          expect(plain(answers[0]!, foreign)).toEqual(plain(answers[1]!, random));
        }
      }
    }

    expect(await everything()).toEqual(before);
  });

  it('is covered: every part of a body that can name something is tried', () => {
    const untried = closedRoutes().flatMap((route) =>
      [...propertiesOf(app.contract.document, bodySchemaOf(route))]
        .filter(({ name, place }) => naming.test(name) && !words.test(place))
        .filter(
          ({ place }) =>
            !bodyNames[route.operation.operationId]?.(globex).some((tried) => tried.place === place),
        )
        .map(({ place }) => `${route.operation.operationId}: ${place}`),
    );

    expect(untried).toEqual([]);
  });
});

describe('The sweep', () => {
  it('is no empty promise: at home the same requests find what they name', async () => {
    const routes = closedRoutes().filter(({ path }) => path.includes('{'));
    for (const route of routes) {
      // Each has a world of its own, because the one before may have deleted something.
      const world = await makeWorld();
      const names = route.path.startsWith('/v1/me/')
        ? { session: await sessionIdOf(world.owner), account: await accountIdOf(world.owner) }
        : {};
      const { status } = await send(
        world.owner.token,
        route.method,
        fill(route.path, { ...namesOf(world), ...names }),
        bodyOf(route),
      );

      expect({ [nameOf(route)]: status }).not.toEqual({ [nameOf(route)]: 404 });
      if (route.method === 'GET') expect({ [nameOf(route)]: status }).toEqual({ [nameOf(route)]: 200 });
    }
  });
});

async function makeWorld(slug?: string): Promise<World> {
  const { organization, owner } = await app.given.organization(slug === undefined ? {} : { slug });
  const { given, sql } = app;
  const suffix = organization.slug;
  const user = await given.user(organization, { username: `somebody-${suffix}` });
  const role = await given.role(organization, `role-of-${suffix}`, ['articles:publish']);
  await given.grant(organization, user.id, role.name);
  const [team] = await sql(`insert into teams (org_id, name) values ($1, $2) returning id, name`, [
    organization.id,
    `Team of ${suffix}`,
  ]);
  for (const id of [user.id, owner.id]) {
    await sql('insert into team_members (org_id, team_id, user_id) values ($1, $2, $3)', [
      organization.id,
      team.id,
      id,
    ]);
  }
  await sql('insert into team_roles (org_id, team_id, role_id) values ($1, $2, $3)', [
    organization.id,
    team.id,
    role.id,
  ]);
  const [permission] = await sql(
    `insert into permissions (org_id, resource, action) values ($1, 'articles', $2) returning id, name`,
    [organization.id, `publish-${suffix}`],
  );
  await sql(`insert into permissions (org_id, resource, action) values ($1, 'articles', 'read')`, [
    organization.id,
  ]);
  await sql(`insert into teams (org_id, name) values ($1, 'Another')`, [organization.id]);
  await sql(
    `insert into policies (org_id, kind, document) values ($1, 'registration', '{"mode":"closed"}')`,
    [organization.id],
  );
  await sql('insert into navigations (org_id) values ($1)', [organization.id]);
  const [navigationItem] = await sql(
    `insert into navigation_items (org_id, key, label, kind) values ($1, $2, 'Item', 'menu') returning id, key`,
    [organization.id, `item-of-${suffix}`],
  );
  const token = await given.session(user);
  const sessionId = await sessionIdOf(user);
  const apiKey = await given.apiKey(user);
  await given.apiKey(owner);
  const [invitation] = await sql(
    `insert into invitations (org_id, email, invited_by, expires_at)
     values ($1, $2, $3, now() + interval '7 days') returning id`,
    [organization.id, `invited@${suffix}.example`, owner.id],
  );
  await sql(
    `insert into mail_templates (org_id, name, locale, subject, text, html)
     values ($1, 'reset-password', 'en', 'Reset', '{{ link }}', '<a href="{{ link }}">Reset</a>')`,
    [organization.id],
  );
  const [mail] = await sql(
    `insert into mails (org_id, user_id, to_email, template, state)
     values ($1, $2, $3, 'password-changed', 'sent') returning id`,
    [organization.id, user.id, user.email],
  );
  const [signingKey] = await app
    .get(Database)
    .forOrganization(organization.id, (tx) => app.get(SigningKeys).ofIssuer(tx));
  const [application] = await sql(
    `insert into applications (org_id, name, type, grant_types, token_endpoint_auth_method)
     values ($1, 'Machine', 'machine', '{client_credentials}', 'client_secret_basic') returning id`,
    [organization.id],
  );
  await sql(
    `insert into applications (org_id, name, type, grant_types, token_endpoint_auth_method)
     values ($1, 'Another', 'machine', '{client_credentials}', 'client_secret_basic')`,
    [organization.id],
  );
  await sql(
    `insert into oidc_consents (org_id, user_id, application_id, allowed)
     select $1, unnest($2::uuid[]), $3, '{"scopes":["openid"],"claims":[],"resources":{}}'`,
    [organization.id, [owner.id, user.id], application.id],
  );
  const [delivery] = await sql(
    `insert into logout_deliveries (org_id, application_id, user_id, session_id, sid, state)
     values ($1, $2, $3, $4, 'sid', 'dead') returning id`,
    [organization.id, application.id, user.id, sessionId],
  );
  const [secret] = await sql(
    `insert into application_secrets (org_id, application_id, place, secret_hash, hint)
     values ($1, $2, 1, decode(repeat('ab', 32), 'hex'), 'abcd') returning id`,
    [organization.id, application.id],
  );
  const [registrationToken] = await sql(
    `insert into registration_tokens (org_id, name, token_hash, hint, allowed_scopes, max_uses, expires_at)
     values ($1, 'Partners', decode(repeat('ab', 32), 'hex'), 'abcd', '{openid}', 1, now() + interval '1 day')
     returning id`,
    [organization.id],
  );
  const [scope] = await sql(`insert into custom_scopes (org_id, name) values ($1, $2) returning id, name`, [
    organization.id,
    `scope-of-${suffix}`,
  ]);
  const [claim] = await sql(
    `insert into custom_claims (org_id, name, source) values ($1, $2, 'email') returning id, name`,
    [organization.id, `claim-of-${suffix}`],
  );
  const [resource] = await sql(
    `insert into api_resources (org_id, identifier, name) values ($1, $2, 'Articles') returning id`,
    [organization.id, `https://api.${suffix}.example/`],
  );
  const [upstream] = await sql(
    `insert into oauth_providers (org_id, name, type, issuer, display_name, icon, client_id, scopes)
     values ($1, $2, 'oidc', 'https://idp.example', 'Upstream', 'key', 'client', '{openid}') returning id, name`,
    [organization.id, `idp-of-${suffix}`],
  );
  const [attempt] = await sql(
    `insert into provider_attempts (org_id, provider_id, reference, kind)
     values ($1, $2, 'ABCD-' || upper(substr(md5($1::uuid::text), 1, 4)), 'test') returning reference`,
    [organization.id, upstream.id],
  );
  const accounts: { id: string }[] = await sql(
    `insert into oauth_accounts (org_id, provider_id, issuer, subject, user_id, linked_through)
     select $1, $2, 'https://idp.example', u.id::text, u.id, 'session' from unnest($3::uuid[]) with ordinality u (id, place)
      order by u.place returning id`,
    [organization.id, upstream.id, [user.id, owner.id]],
  );
  const tokens = { accessToken: 'upstream', refreshToken: null, expiresAt: null, scopes: [] };
  await app
    .get(Database)
    .forOrganization(organization.id, (tx) => app.get(AccountTokens).keep(tx, accounts[0]!.id, tokens));
  const [emailDomain] = await sql(
    `insert into email_domains (org_id, domain, challenge) values ($1, $2, repeat('c', 43)) returning id, domain`,
    [organization.id, `${suffix}.example`],
  );
  return {
    organization,
    owner,
    user,
    role,
    team,
    permission,
    session: { id: sessionId, token },
    apiKey,
    navigationItem,
    invitation,
    mail,
    delivery,
    signingKey: signingKey!,
    application,
    secret,
    registrationToken,
    scope,
    claim,
    resource,
    upstream,
    attempt,
    account: accounts[0]!,
    emailDomain,
  };
}

/** The last one of somebody. */
async function sessionIdOf({ organizationId, id }: TestUser): Promise<string> {
  const [session] = await app.sql(
    'select id from sessions where org_id = $1 and user_id = $2 order by created_at desc limit 1',
    [organizationId, id],
  );
  return session.id as string;
}

async function accountIdOf({ organizationId, id }: TestUser): Promise<string> {
  const [account] = await app.sql('select id from oauth_accounts where org_id = $1 and user_id = $2', [
    organizationId,
    id,
  ]);
  return account.id as string;
}

function everything() {
  return Promise.all([app.given.snapshot(acme.organization), app.given.snapshot(globex.organization)]);
}

function closedRoutes(): Route[] {
  return app.contract.routes.filter(({ operation }) => operation['x-access']?.kind !== 'public');
}

async function expectAlike(
  token: string,
  route: Route,
  pathOf: (value: string) => string,
  { foreign, random }: Pair,
): Promise<void> {
  const body = bodyOf(route);
  const path = pathOf(encodeURIComponent(foreign));
  const ofForeign = await send(token, route.method, path, body);
  const ofRandom = await send(token, route.method, pathOf(encodeURIComponent(random)), body);

  expect({ [`${route.method} ${path}`]: plain(ofForeign, foreign) }).toEqual({
    [`${route.method} ${path}`]: plain(ofRandom, random),
  });
}

function send(token: string, method: string, path: string, body: unknown): Promise<Received> {
  return app.exchange.send({
    method,
    path,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** All that a client sees, without what differs from request to request. */
function plain({ status, headers, cookies, text }: Received, value: string) {
  const { date: _date, 'content-length': _length, 'x-request-id': requestId = '', ...others } = headers;
  return {
    status,
    headers: others,
    cookies,
    text: text.replaceAll(requestId, '<request>').replaceAll(value, '<value>'),
  };
}

function bodyOf(route: Route): unknown {
  const schema = bodySchemaOf(route);
  return Object.keys(schema).length === 0 ? undefined : exampleOf(app.contract.document, schema);
}

function bodySchemaOf({ operation }: Route): Schema {
  return (operation.requestBody?.content['application/json']?.schema ?? {}) as Schema;
}

function parametersOf({ path }: Route): string[] {
  return [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!);
}

function pairsOf(parameter: string): Pair[] {
  const pairs = names[parameter];
  if (pairs === undefined)
    throw new Error(`Say in this test how the path parameter {${parameter}} can name something foreign`);
  return pairs(globex);
}

function namesOf(world: World): Record<string, string> {
  const first = Object.entries(names).map(([name, pairs]) => [
    name,
    encodeURIComponent(pairs(world)[0]!.foreign),
  ]);
  return { ...Object.fromEntries(first), ...choices };
}

function fill(path: string, values: Record<string, string>): string {
  return path.replace(/\{([^}]+)\}/g, (_, name: string) => values[name] ?? `no-value-for-${name}`);
}

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`;
}
