import { startArticleService } from './article-service.js';
import { createClient } from './client.js';
import { because, step } from './narrator.js';

const passwords = {
  ops: 'seven copper kettles on a windy pier',
  olga: 'amber tractor under 40 paper moons',
  gina: 'quiet walrus counts blue lanterns twice',
  max: 'left boot, right glove, no umbrella',
};
const anybody = { name: 'anybody' };

/** The main job from an empty server to a revoked session. Each promise that does not hold ends it. */
export async function tellStory({ origin, setupToken }) {
  const ask = createClient(origin);
  const operator = await setUp(ask, setupToken);
  const { olga, gina } = await createOrganizations(ask, operator);
  await loadRoles(ask, olga);
  const max = await signUp(ask, olga);
  await formTeam(ask, olga);
  const key = await createKey(ask, olga);
  const articles = await startArticleService(ask, key);
  try {
    await publish(ask, articles, { max, key });
    await keepOut(ask, articles, gina);
    await leaveTeam(ask, articles, { olga, max });
    await signOut(ask, articles, { max, key });
  } finally {
    await articles.stop();
  }
  await readAudit(ask, olga);
}

async function setUp(ask, token) {
  step('The first operator', 'A new server prints a one-time link. Whoever opens it becomes the operator.');
  const credentials = { email: 'ops@example.com', password: passwords.ops };
  await ask(anybody, 'POST', '/v1/setup', { body: { token, ...credentials }, expected: { status: 201 } });
  await ask(anybody, 'POST', '/v1/setup', {
    body: { token, ...credentials },
    expected: { status: 404, body: { code: 'not_found' } },
    show: ['code'],
  });
  const operator = await signIn(ask, 'operator', 'platform', credentials);
  because('a link that leaks later opens nothing: set-up is gone for ever.');
  return operator;
}

async function createOrganizations(ask, operator) {
  step('Two organizations', 'The operator creates Acme and Globex, each with an owner who can sign in.');
  const people = {};
  for (const [slug, name, owner, fullName] of [
    ['acme', 'Acme', 'olga', 'Olga Orlova'],
    ['globex', 'Globex', 'gina', 'Gina Grant'],
  ]) {
    const credentials = { email: `${owner}@${slug}.example`, password: passwords[owner] };
    await ask(operator, 'POST', '/v1/organizations', {
      body: { name, slug, owner: { ...credentials, fullName } },
      expected: { status: 201, body: { slug, status: 'active' } },
      show: ['id', 'slug', 'status'],
    });
    people[owner] = await signIn(ask, fullName.split(' ')[0], slug, credentials);
  }
  because('one server holds both, and neither can learn that the other exists.');
  return people;
}

async function loadRoles(ask, olga) {
  step(
    'A preset of roles',
    'Olga loads the roles of a site with articles, posters and commenters. Their permissions are words of the application.',
  );
  const { created } = await ask(olga, 'PUT', '/v1/organizations/acme/role-presets/posters-and-commenters', {
    expected: { status: 200 },
    show: [],
  });
  for (const { name, permissions } of created) console.log(`      ${name} may ${permissions.join(', ')}`);
  because('the application asks for "articles:publish"; who may do it is decided here, without a release.');
}

async function signUp(ask, olga) {
  step(
    'Max signs up',
    'Registration is closed until somebody opens it. Olga does so by policy, and Max comes by himself.',
  );
  const path = '/v1/organizations/acme/sign-up';
  const person = { email: 'max@acme.example', password: passwords.max, fullName: 'Max Meier' };
  await ask(anybody, 'POST', path, {
    body: person,
    expected: { status: 403, body: { code: 'registration_closed' } },
    show: ['code'],
  });
  await ask(olga, 'PUT', '/v1/organizations/acme/policies/registration', {
    body: { mode: 'open', domains: ['acme.example'] },
    expected: { status: 200, body: { mode: { value: 'open', source: 'organization' } } },
    show: ['mode', 'domains'],
  });
  await ask(anybody, 'POST', path, { body: person, expected: { status: 201 } });
  const max = await signIn(ask, 'Max', 'acme', person);
  because('whoever forgets a setting has a closed door, not an open one.');
  return max;
}

async function formTeam(ask, olga) {
  step(
    'A team that carries a role',
    'The team "writers" brings the role "poster"; Max joins it. He may comment by a role of his own, too.',
  );
  const team = '/v1/organizations/acme/teams/writers';
  await ask(olga, 'POST', '/v1/organizations/acme/teams', {
    body: { name: 'writers' },
    expected: { status: 201 },
    show: ['name'],
  });
  await ask(olga, 'PUT', `${team}/roles`, {
    body: { roles: ['poster'] },
    expected: { status: 200 },
    show: ['roles'],
  });
  await ask(olga, 'PUT', `${team}/members/max@acme.example`, { expected: { status: 204 } });
  await ask(olga, 'PUT', '/v1/organizations/acme/users/max@acme.example/roles', {
    body: { roles: ['member', 'commenter'] },
    expected: { status: 200 },
    show: ['roles'],
  });
  because('whoever joins the team gets what it brings, and whoever leaves it loses that.');
}

async function createKey(ask, olga) {
  step('A key for a service', 'Olga makes an API key that can ask two questions and nothing else.');
  const { key } = await ask(olga, 'POST', '/v1/organizations/acme/api-keys', {
    body: { name: 'article service', permissions: ['sessions:validate', 'access:check'] },
    expected: { status: 201 },
    show: ['name', 'permissions', 'key'],
  });
  await ask({ name: 'article service', token: key }, 'GET', '/v1/organizations/acme/users', {
    expected: { status: 403, body: { code: 'permission_denied' } },
    show: ['code', 'detail'],
  });
  because('a key is shown once, is never wider than whoever made it, and ends with them.');
  return key;
}

async function publish(ask, articles, { max, key }) {
  step(
    'A service lets Max publish',
    `An article service runs on ${articles.origin}. It knows no users: it hands Max's token to Tenantry.`,
  );
  const askArticles = createClient(articles.origin);
  await askArticles(max, 'POST', '/articles', { expected: { status: 201, body: { author: 'Max Meier' } } });
  because('the answer comes from the database after the request came in, so it is the truth of this moment.');

  step('And why may he?', 'The same key asks for the reason.');
  const service = { name: 'article service', token: key };
  await ask(service, 'POST', '/v1/access/check', {
    body: { token: max.token, permission: 'articles:publish' },
    expected: {
      status: 200,
      body: { allowed: true, because: [{ role: 'poster', through: 'team:writers' }] },
    },
  });
  await ask(service, 'POST', '/v1/access/check', {
    body: { token: max.token, permissions: ['comments:write', 'articles:delete'] },
    expected: {
      status: 200,
      body: {
        allowed: false,
        results: [
          {
            permission: 'comments:write',
            allowed: true,
            because: [
              { role: 'commenter', through: 'user' },
              { role: 'poster', through: 'team:writers' },
            ],
          },
          { permission: 'articles:delete', allowed: false, because: [] },
        ],
      },
    },
  });
  because('"through the team writers" is what support needs to answer "why can he do that?".');
}

async function keepOut(ask, articles, gina) {
  step(
    'Another organization',
    'Gina owns Globex. At Acme she is nobody: not to its services, and not to its administration.',
  );
  await createClient(articles.origin)(gina, 'POST', '/articles', { expected: { status: 401 } });
  for (const slug of ['acme', 'there-is-no-such-organization']) {
    await ask(gina, 'GET', `/v1/organizations/${slug}/users`, {
      expected: { status: 404, body: { code: 'not_found' } },
      show: ['status', 'code', 'title'],
    });
  }
  because('an organization that is not hers answers like one that does not exist.');
}

async function leaveTeam(ask, articles, { olga, max }) {
  step('Max leaves the team', 'Olga takes him out of "writers", and he tries to publish again.');
  await ask(olga, 'DELETE', '/v1/organizations/acme/teams/writers/members/max@acme.example', {
    expected: { status: 204 },
  });
  await createClient(articles.origin)(max, 'POST', '/articles', { expected: { status: 403 } });
  because('what was taken away is gone with the next request, though he is still signed in.');
}

async function signOut(ask, articles, { max, key }) {
  step('Max signs out', 'His token still looks the same. It opens nothing any more, anywhere.');
  await ask(max, 'DELETE', '/v1/session', { expected: { status: 204 } });
  await ask({ name: 'article service', token: key }, 'POST', '/v1/sessions/validate', {
    body: { token: max.token },
    expected: { status: 200, body: { active: false } },
  });
  await createClient(articles.origin)(max, 'POST', '/articles', { expected: { status: 401 } });
  because('no cache has to run out: revoked means refused by the very next request.');
}

async function readAudit(ask, olga) {
  step('What happened', 'Each change left an event, written in the same transaction.');
  const { items } = await ask(olga, 'GET', '/v1/organizations/acme/audit-events?limit=100', {
    expected: { status: 200 },
    show: [],
  });
  for (const { action, outcome } of items.toReversed()) console.log(`      ${outcome} ${action}`);
}

async function signIn(ask, name, slug, { email, password }) {
  const { token } = await ask({ name }, 'POST', `/v1/organizations/${slug}/sign-in`, {
    body: { identifier: email, password },
    expected: { status: 200 },
    show: ['token'],
  });
  return { name, token };
}
