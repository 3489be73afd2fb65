import type { OpenAPIObject } from '@nestjs/swagger';
import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Received, Sent } from './http-exchange.js';

export interface DocumentedParameter {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie';
  required?: boolean;
  schema?: Record<string, unknown>;
}

interface DocumentedContent {
  schema?: Record<string, unknown>;
  example?: unknown;
  examples?: Record<string, unknown>;
}

export interface DocumentedOperation {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: DocumentedParameter[];
  requestBody?: { required?: boolean; content: Record<string, DocumentedContent> };
  responses: Record<string, { description: string; content?: Record<string, DocumentedContent> }>;
  security?: unknown[];
  'x-access'?: { kind: string; permission?: string; operators?: boolean };
}

export interface Route {
  method: string;
  /** With parameters in braces. */
  path: string;
  operation: DocumentedOperation;
}

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** Every operation of a document. */
export function routesOf(document: OpenAPIObject): Route[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method] as unknown as DocumentedOperation | undefined;
      return operation ? [{ method: method.toUpperCase(), path, operation }] : [];
    }),
  );
}

/** Pages and descriptions for people and browsers, which are no part of the API. */
const undocumented = /^\/(docs|openapi\.json|openapi\.yaml|setup)(\/|\?|$)/;

/** Holds requests and answers against the OpenAPI document, so that the document cannot lie. */
export class OpenApiContract {
  readonly routes: Route[];
  readonly #matchers: { route: Route; pattern: RegExp }[];
  readonly #ajv: Ajv2020;
  readonly #checks = new Map<string, ValidateFunction>();

  constructor(readonly document: OpenAPIObject) {
    this.routes = routesOf(document);
    this.#matchers = this.routes
      .map((route) => ({ route, pattern: patternOf(route.path) }))
      // A fixed segment is stronger than a parameter, as in the router.
      .sort((a, b) => parameterCount(a.route.path) - parameterCount(b.route.path));
    this.#ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
    (addFormats as unknown as (ajv: Ajv2020) => void)(this.#ajv);
    this.#ajv.addFormat('password', true);
    this.#ajv.addSchema({ $id: 'api', components: nullableAsType(document.components ?? {}) } as AnySchema);
  }

  /** The operation that a request reaches, or null. */
  routeOf(method: string, path: string): Route | null {
    const [plain = ''] = path.split('?');
    const found = this.#matchers.find(({ route, pattern }) => route.method === method && pattern.test(plain));
    return found?.route ?? null;
  }

  /** @throws Error saying where the exchange and the document differ */
  check(sent: Sent, received: Received): void {
    if (undocumented.test(sent.path) || received.status === 431) return;
    const route = this.routeOf(sent.method === 'HEAD' ? 'GET' : sent.method, sent.path);
    const name = `${sent.method} ${sent.path}`;
    if (!received.headers['x-request-id']) throw new ContractError(name, 'the answer has no X-Request-Id');
    if (route === null) {
      if (received.status < 400) {
        throw new ContractError(
          name,
          `answered ${received.status}, but the document does not know the route`,
        );
      }
      if (sent.method !== 'HEAD') this.checkProblem(name, received, null);
      return;
    }
    const documented = route.operation.responses[String(received.status)];
    if (documented === undefined) {
      throw new ContractError(
        name,
        `status ${received.status} is not documented: ${received.text.slice(0, 500)}`,
      );
    }
    if (sent.method === 'HEAD') return;
    if (received.status >= 400) {
      this.checkProblem(name, received, route);
      return;
    }
    this.checkAnswer(name, received, route);
    this.checkRequest(name, sent, route);
  }

  /** @throws Error where the document does not allow this body */
  checkBody({ method, path, operation }: Route, body: unknown): void {
    const schema = operation.requestBody?.content['application/json']?.schema;
    this.validate(`${method} ${path}`, 'the request', schema ?? {}, body);
  }

  private checkProblem(name: string, { status, headers, text }: Received, route: Route | null): void {
    if (headers['content-type']?.startsWith('application/problem+json') !== true) {
      throw new ContractError(
        name,
        `${status} is no problem document but ${headers['content-type']}: ${text.slice(0, 500)}`,
      );
    }
    const problem = JSON.parse(text) as { code: string; status: number };
    this.validate(name, 'the problem', { $ref: 'api#/components/schemas/Problem' }, problem);
    if (problem.status !== status)
      throw new ContractError(name, `the problem says ${problem.status}, not ${status}`);
    if (route === null) return;
    const examples =
      route.operation.responses[String(status)]?.content?.['application/problem+json']?.examples;
    if (examples?.[problem.code] === undefined) {
      throw new ContractError(
        name,
        `the problem "${problem.code}" (${status}) is not documented here: ${text}`,
      );
    }
  }

  private checkAnswer(name: string, { status, headers, text }: Received, { operation }: Route): void {
    const content = operation.responses[String(status)]?.content;
    if (content === undefined) {
      if (text !== '')
        throw new ContractError(
          name,
          `${status} is documented without a body, but has: ${text.slice(0, 500)}`,
        );
      return;
    }
    const type = headers['content-type']?.split(';')[0] ?? '';
    const documented = content[type];
    if (documented === undefined) throw new ContractError(name, `content type "${type}" is not documented`);
    if (type === 'application/json')
      this.validate(name, 'the answer', documented.schema ?? {}, JSON.parse(text));
  }

  /** What the server accepted the document must allow. */
  private checkRequest(name: string, sent: Sent, { operation, path }: Route): void {
    const body = operation.requestBody?.content['application/json'];
    const takesFile = operation.requestBody?.content['multipart/form-data'] !== undefined;
    if (takesFile) {
      if (sent.body === undefined) throw new ContractError(name, 'accepted without a file');
    } else if (body === undefined) {
      if (sent.body !== undefined && sent.body !== '')
        throw new ContractError(name, 'the document knows no body');
    } else if (sent.body !== undefined) {
      this.validate(name, 'the request', body.schema ?? {}, JSON.parse(String(sent.body)));
    } else if (operation.requestBody?.required) {
      throw new ContractError(name, 'accepted without a body, which is documented as required');
    }
    const [plain = '', query = ''] = sent.path.split('?');
    const inPath = patternOf(path).exec(plain)?.groups ?? {};
    const values: Record<string, Map<string, string[]>> = {
      path: new Map(
        Object.entries(inPath).map(([key, value]) => [decodeName(key), [decodeURIComponent(value)]]),
      ),
      query: groupByName(new URLSearchParams(query)),
    };
    for (const key of values['query']!.keys()) {
      if (!operation.parameters?.some((parameter) => parameter.in === 'query' && parameter.name === key)) {
        throw new ContractError(name, `the query parameter "${key}" is not documented`);
      }
    }
    for (const parameter of operation.parameters ?? []) {
      const given = values[parameter.in]?.get(parameter.name);
      if (given === undefined) {
        if (parameter.required && parameter.in in values) {
          throw new ContractError(name, `accepted without the ${parameter.in} parameter "${parameter.name}"`);
        }
        continue;
      }
      for (const value of given) {
        const schema = parameter.schema ?? {};
        const numeric = schema['type'] === 'integer' || schema['type'] === 'number';
        this.validate(name, `the parameter "${parameter.name}"`, schema, numeric ? Number(value) : value);
      }
    }
  }

  private validate(name: string, what: string, schema: Record<string, unknown>, value: unknown): void {
    const key = JSON.stringify(schema);
    const check = this.#checks.get(key) ?? this.#ajv.compile(nullableAsType(toApi(schema)) as AnySchema);
    this.#checks.set(key, check);
    if (check(value)) return;
    const errors = check.errors?.map(
      ({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
    );
    throw new ContractError(
      name,
      `${what} is not what the document says:\n${errors?.join('\n')}\n${JSON.stringify(value).slice(0, 2_000)}`,
    );
  }
}

export class ContractError extends Error {
  constructor(request: string, detail: string) {
    super(`${request}: ${detail}`);
    this.name = 'ContractError';
  }
}

function patternOf(path: string): RegExp {
  const source = path
    .split(/(\{[^}]+\})/)
    .map((part) =>
      part.startsWith('{')
        ? `(?<${encodeName(part.slice(1, -1))}>[^/]+)`
        : part.replace(/[.*+?^$()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`);
}

/** Names of groups take no dashes. */
const encodeName = (name: string): string => name.replaceAll('-', '$');
const decodeName = (name: string): string => name.replaceAll('$', '-');

function parameterCount(path: string): number {
  return path.split('{').length;
}

function groupByName(query: URLSearchParams): Map<string, string[]> {
  return new Map([...new Set(query.keys())].map((name) => [name, query.getAll(name)]));
}

/** Points references of the document at the schema that holds its components. */
function toApi(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/'));
}

/** OpenAPI 3.0 spells "or null" as a keyword beside the type; JSON Schema knows it as a type. */
function nullableAsType(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(nullableAsType);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === 'example' || key === 'examples' || key === 'default' ? value : nullableAsType(value),
    ]),
  );
  if (nullable !== true) return rest;
  return { anyOf: [rest, { type: 'null' }] };
}
