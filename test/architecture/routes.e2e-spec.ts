import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { routeRules } from '../../src/platform/access/closed-routes.js';
import { HealthModule } from '../../src/platform/health/health.module.js';
import { type Schema, exampleOf, propertiesOf, resolveSchema } from '../support/examples.js';
import type { Route } from '../support/openapi-contract.js';
import { startApp, type TestApp, type TestUser } from '../support/test-app.js';

/** What the router knows beside the operations of the document: pages for people, and the document itself. */
const pages = [
  /^\/docs(\/|$)/,
  /^\/openapi\.(json|yaml)$/,
  /^\/setup$/,
  /^\/assets\/pages-[0-9a-f]{16}\.css$/,
  /^\/dev\/mails(\/|$)/,
  // The protocol, which is documented by its own standards.
  /^\/o\/:slug\/(auth|token|me|jwks|request|device|session|reg|\.well-known)(\/|$)/,
  /^\/\.well-known\//,
  /^\/o\/:slug\/account(\/[a-z-]+)*$/,
  /^\/sign-in$/,
  /^\/o\/:slug(\/(consent|forgotten-password|sign-in|sign-out|sign-up|signed-out))?$/,
  // The way to a provider and back.
  /^\/o\/:slug\/providers\/(callback|:provider\/(start|link|callback))$/,
  // Everything else of an organization, which is not there.
  /^\/o\/:slug\*$/,
  /^\/o\/:slug\/(email-change|invitation|magic-link|password-reset|verify-email)$/,
];

let app: TestApp;
let member: TestUser;
let slug: string;

beforeAll(async () => {
  app = await startApp();
  const { organization } = await app.given.organization();
  slug = organization.slug;
  member = await app.given.user(organization, { roles: ['member'] });
});
afterAll(() => app.stop());

describe('Every route', () => {
  it('has an access rule', () => {
    const rules = routeRules(app.nest);

    expect(rules.length).toBeGreaterThan(40);
    expect(rules.filter(({ rule }) => rule === undefined)).toEqual([]);
  });

  it('keeps the server from starting without one', async () => {
    @Controller('planted')
    class PlantedController {
      @Get()
      open(): string {
        return 'open';
      }
    }
    const controllers = Reflect.getMetadata('controllers', HealthModule) as unknown[];
    Reflect.defineMetadata('controllers', [...controllers, PlantedController], HealthModule);
    try {
      // Ended if it starts all the same, or this run would not end.
      const start = startApp().then((planted) => planted.stop());
      await expect(start).rejects.toThrow('These routes have no access rule: PlantedController.open');
    } finally {
      Reflect.defineMetadata('controllers', controllers, HealthModule);
    }
  });

  it('is in the OpenAPI document, or is a known page', () => {
    const documented = app.contract.routes.map(
      ({ method, path }) => `${method} ${path.replace(/\{([^}]+)\}/g, ':$1')}`,
    );
    const served = routesOfRouter().filter(
      ({ method, path }) =>
        method !== 'HEAD' && method !== 'OPTIONS' && !pages.some((page) => page.test(path)),
    );

    expect(served.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(documented.toSorted());
  });

  it('says in the document who may use it', () => {
    for (const { method, path, operation } of app.contract.routes) {
      const { 'x-access': rule, description = '', security = [] } = operation;
      const text =
        rule?.kind === 'permission'
          ? `\`${rule.permission}\``
          : rule?.kind === 'authenticated'
            ? 'valid credential'
            : 'anybody';

      expect({ [`${method} ${path}`]: description }).toEqual({
        [`${method} ${path}`]: expect.stringContaining(text),
      });
      expect(security.length === 0).toBe(rule?.kind === 'public');
    }
  });

  it('has a summary, a tag and a name of its own', () => {
    const incomplete = app.contract.routes.filter(
      ({ operation }) => !operation.summary || !operation.tags?.length || !operation.operationId,
    );
    const names = app.contract.routes.map(({ operation }) => operation.operationId);

    expect(incomplete.map(nameOf)).toEqual([]);
    expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
  });

  it('describes each parameter', () => {
    const bare = app.contract.routes.flatMap((route) =>
      (route.operation.parameters ?? [])
        .filter(
          (parameter) =>
            !(parameter as { description?: string }).description && parameter.schema?.['enum'] === undefined,
        )
        .map(({ name }) => `${nameOf(route)}: ${name}`),
    );

    expect(bare).toEqual([]);
  });

  it('documents its problems, each with an example', () => {
    for (const route of app.contract.routes) {
      const failures = Object.entries(route.operation.responses).filter(([status]) => Number(status) >= 400);

      expect(failures.map(([status]) => status)).toEqual(expect.arrayContaining(['500', '503']));
      for (const [status, { content }] of failures) {
        const examples = Object.values(content?.['application/problem+json']?.examples ?? {}) as {
          value: { status: number };
        }[];

        expect({ [nameOf(route)]: examples.length }).not.toEqual({ [nameOf(route)]: 0 });
        for (const { value } of examples) expect(String(value.status)).toBe(status);
      }
    }
  });

  it('documents its answer', () => {
    const vague = app.contract.routes.filter(({ operation }) => {
      const success = Object.entries(operation.responses).find(([status]) => Number(status) < 400);
      const silent = success?.[0] === '204' || success?.[0] === '202';
      return (
        success === undefined ||
        (!silent && Object.values(success[1].content ?? {}).every(({ schema }) => !schema))
      );
    });

    expect(vague.map(nameOf)).toEqual([]);
  });

  it('shows an example of each thing that it takes, and the examples are what the document allows', () => {
    const { document } = app.contract;
    const bare = app.contract.routes.flatMap((route) =>
      [...propertiesOf(document, bodySchemaOf(route))]
        .filter(({ schema }) => !hasExample(schema))
        .map(({ place }) => `${nameOf(route)}: ${place}`),
    );

    expect(bare).toEqual([]);
    for (const route of app.contract.routes) {
      const schema = bodySchemaOf(route);
      if (Object.keys(schema).length > 0) app.contract.checkBody(route, exampleOf(document, schema));
    }
  });

  function hasExample(unresolved: Schema): boolean {
    const schema = { ...resolveSchema(app.contract.document, unresolved), ...unresolved };
    const isObvious =
      schema.type === 'boolean' || schema.enum !== undefined || schema.properties !== undefined;
    return (
      schema.example !== undefined ||
      schema.default !== undefined ||
      isObvious ||
      (schema.items !== undefined && hasExample(schema.items))
    );
  }
});

describe('A closed route stays closed', () => {
  it.each([
    ['plainly', (path: string) => path],
    ['behind a doubled slash', (path: string) => `/${path}`],
    ['behind doubled slashes inside', (path: string) => path.replaceAll('/', '//')],
    ['behind a slash at the end', (path: string) => `${path}/`],
    ['in capitals', (path: string) => path.toUpperCase()],
    ['with its first segment in capitals', (path: string) => path.replace('/v1', '/V1')],
    ['behind a dot segment', (path: string) => path.replace('/v1', '/./v1')],
    ['behind a way up', (path: string) => path.replace('/v1', '/healthz/../v1')],
    ['behind an encoded way up', (path: string) => path.replace('/v1', '/healthz/%2e%2e/v1')],
    ['behind an encoded slash', (path: string) => path.replace('/v1/', '/v1%2f')],
    ['with an encoded letter', (path: string) => path.replace('/v1', '/%761')],
    ['behind a semicolon', (path: string) => `${path};a=b`],
    ['behind an encoded end of text', (path: string) => `${path}%00`],
    ['behind a fragment', (path: string) => `${path}#/healthz`],
  ])('to visitors, written %s', async (_, disguise) => {
    for (const route of app.contract.routes.filter(
      ({ operation }) => operation['x-access']?.kind !== 'public',
    )) {
      for (const method of new Set([route.method, route.method === 'GET' ? 'HEAD' : route.method])) {
        const path = disguise(filled(route.path));
        const { status } = await app.exchange.send({
          method,
          path,
          headers: { 'x-http-method-override': 'GET' },
        });

        expect({ [`${method} ${path}`]: status }).toEqual({ [`${method} ${path}`]: expect.closedStatus() });
      }
    }
  });

  it('to somebody signed in without the permission, also by HEAD', async () => {
    const headers = { authorization: `Bearer ${member.token}` };
    for (const route of app.contract.routes.filter(
      ({ operation }) => operation['x-access']?.kind === 'permission',
    )) {
      for (const method of new Set([route.method, route.method === 'GET' ? 'HEAD' : route.method])) {
        const path = filled(route.path);
        const { status } = await app.exchange.send({ method, path, headers });

        expect({ [`${method} ${path}`]: status }).toEqual({ [`${method} ${path}`]: 403 });
      }
    }
  });
});

expect.extend({
  closedStatus(status: number) {
    const pass = [400, 401, 404, 405, 414].includes(status);
    return { pass, message: () => `expected a refusal, got ${status}` };
  },
});

declare module 'expect' {
  interface AsymmetricMatchers {
    closedStatus(): unknown;
  }
}

function bodySchemaOf({ operation }: Route): Schema {
  return (operation.requestBody?.content['application/json']?.schema ?? {}) as Schema;
}

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`;
}

function filled(path: string): string {
  return path.replace('{organization}', slug).replace(/\{[^}]+\}/g, member.id);
}

/** The routes that Fastify prints as a tree, four columns a level. */
function routesOfRouter(): { method: string; path: string }[] {
  const fastify = app.nest.getHttpAdapter().getInstance() as unknown as {
    printRoutes(options: { commonPrefix: boolean }): string;
  };
  const parents: string[] = [];
  return fastify
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const found = /^([│ ]*)[└├]── (\S*)(?: \(([A-Z, ]+)\))?/.exec(line);
      if (!found) return [];
      const depth = found[1]!.length / 4;
      const path = (parents[depth - 1] ?? '') + found[2]!;
      parents[depth] = path;
      return (found[3]?.split(', ') ?? []).map((method) => ({ method, path }));
    });
}
