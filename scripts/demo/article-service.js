import { createServer } from 'node:http';
import { once } from 'node:events';

/**
 * A small service as an application developer would write it. It knows no users and no passwords: it hands the token that
 * came with a request to Tenantry and believes the answer.
 *
 * @param ask the demo's client, so that the questions of the service can be read along
 */
export async function startArticleService(ask, apiKey) {
  const self = { name: 'article service', token: apiKey };
  const articles = [];

  async function publish(request) {
    const [, token] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) return [401, { error: 'Please sign in' }];
    const session = await ask(self, 'POST', '/v1/sessions/validate', {
      body: { token },
      expected: { status: 200 },
      show: ['active', 'user', 'organization', 'roles', 'permissions'],
    });
    if (!session.active) return [401, { error: 'Please sign in' }];
    if (!session.permissions.includes('articles:publish')) return [403, { error: 'You may not publish' }];
    articles.push({ author: session.user.fullName });
    return [201, { published: articles.length, author: session.user.fullName }];
  }

  const server = createServer((request, response) => {
    publish(request)
      .catch((error) => [502, { error: error.message }])
      .then(([status, answer]) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer)),
      );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
