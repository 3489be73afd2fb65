import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { AccessRule } from '../access/access.decorators.js';
import { problemCatalogue, type ProblemKind } from '../problems/problem.js';
import {
  bodyTooLarge,
  crossSiteRequest,
  idempotencyKeyReused,
  internalError,
  invalidRequest,
  notFound,
  permissionDenied,
  stale,
  unauthenticated,
  unavailable,
  unsupportedMediaType,
} from '../problems/problems.js';
import { PROBLEM_CODES } from './operation.js';

export const ACCESS_EXTENSION = 'x-access';

interface Operation {
  summary?: string;
  description?: string;
  parameters?: { name: string; in: string }[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
  security?: unknown[];
  [ACCESS_EXTENSION]?: AccessRule;
  [PROBLEM_CODES]?: string[];
  'x-idempotent'?: boolean;
}

/** The OpenAPI document of the whole API, with the permission and the problems of every operation. */
export function openApiDocument(app: INestApplication, version: string): OpenAPIObject {
  const document = SwaggerModule.createDocument(
    app,
    new DocumentBuilder()
      .setTitle('Tenantry')
      .setDescription(
        'Multi-tenant authentication: organizations, users, roles and permissions, sessions and their validation. ' +
          'Errors are problem documents (RFC 9457) with a stable `code`. Lists are pages: `limit`, `cursor`, `nextCursor`.',
      )
      .setVersion(version)
      .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
      .addBearerAuth(
        {
          type: 'http',
          scheme: 'bearer',
          description: 'A session token `ten_ses_…` or an API key `ten_key_…`',
        },
        'bearer',
      )
      .addCookieAuth(
        'tenantry-session',
        { type: 'apiKey', in: 'cookie', description: 'The session cookie of a browser' },
        'cookie',
      )
      .build(),
    { operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}` },
  );
  const schemas = ((document.components ??= {}).schemas ??= {});
  schemas['Problem'] = problemSchema();
  for (const schema of Object.values(schemas)) closeSchema(schema as Record<string, unknown>);
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item) as Operation[]) {
      if (typeof operation === 'object' && 'responses' in operation) completeOperation(operation);
    }
  }
  return document;
}

/** Requests refuse unknown keys and answers show declared ones only; the document says so. */
function closeSchema(schema: Record<string, unknown>): void {
  if (schema['type'] === 'object' && schema['additionalProperties'] === undefined)
    schema['additionalProperties'] = false;
}

function completeOperation(operation: Operation): void {
  const rule = operation[ACCESS_EXTENSION];
  operation.security = rule === undefined || rule.kind === 'public' ? [] : [{ bearer: [] }, { cookie: [] }];
  operation.description = [operation.description, accessText(rule)].filter(Boolean).join('\n\n');
  const byStatus = new Map<number, ProblemKind[]>();
  for (const kind of problemsOf(operation, rule)) {
    byStatus.set(kind.status, [...(byStatus.get(kind.status) ?? []), kind]);
  }
  for (const [status, kinds] of [...byStatus].sort(([a], [b]) => a - b)) {
    operation.responses[String(status)] = problemResponse(kinds);
  }
  delete operation[PROBLEM_CODES];
  delete operation['x-idempotent'];
}

function problemsOf(operation: Operation, rule: AccessRule | undefined): ProblemKind[] {
  const parameters = operation.parameters ?? [];
  const inPath = parameters.some((parameter) => parameter.in === 'path');
  const own = (operation[PROBLEM_CODES] ?? []).map((code) =>
    problemCatalogue().find((kind) => kind.code === code)!,
  );
  const standard: (ProblemKind | false | undefined)[] = [
    (operation.requestBody !== undefined || parameters.length > 0) && invalidRequest,
    operation.requestBody !== undefined && bodyTooLarge,
    operation.requestBody !== undefined && unsupportedMediaType,
    rule?.kind !== 'public' && unauthenticated,
    rule?.kind !== 'public' && crossSiteRequest,
    (rule?.kind === 'permission' || (rule?.kind === 'authenticated' && !rule.accessTokens)) &&
      permissionDenied,
    inPath && notFound,
    parameters.some(({ name }) => name === 'If-Match') && stale,
    operation['x-idempotent'] && idempotencyKeyReused,
    internalError,
    unavailable,
  ];
  return [...new Set([...standard.filter((kind) => kind !== false && kind !== undefined), ...own])];
}

function accessText(rule: AccessRule | undefined): string {
  if (rule?.kind === 'permission') {
    const operators = rule.operators ? ' Operators may too (`platform:organizations`).' : '';
    return `Needs the permission \`${rule.permission}\`.${operators}`;
  }
  if (rule?.kind !== 'authenticated') return 'Open to anybody.';
  return rule.accessTokens
    ? 'Needs a valid credential.'
    : 'Needs a valid credential that is no access token.';
}

function problemSchema() {
  return {
    type: 'object' as const,
    additionalProperties: false,
    required: ['type', 'title', 'status', 'code', 'instance'],
    properties: {
      type: { type: 'string', example: 'urn:tenantry:problem:not_found' },
      title: { type: 'string', example: 'There is no such thing' },
      status: { type: 'integer', example: 404 },
      code: { type: 'string', example: 'not_found', description: 'Stable; see the catalogue of problems' },
      detail: { type: 'string' },
      instance: { type: 'string', description: 'Names the request, as in `X-Request-Id`' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['pointer', 'detail'],
          properties: {
            pointer: {
              type: 'string',
              example: '/email',
              description:
                'JSON Pointer (RFC 6901) into the body; `/query/limit` for a parameter, `/header/If-Match` for a header',
            },
            detail: { type: 'string' },
          },
        },
      },
    },
  } as never;
}

function problemResponse(kinds: ProblemKind[]) {
  const examples = kinds.map(({ code, status, title }) => [
    code,
    {
      summary: title,
      value: {
        type: `urn:tenantry:problem:${code}`,
        title,
        status,
        code,
        instance: 'urn:tenantry:request:…',
      },
    },
  ]);
  return {
    description: kinds.map(({ code, title }) => `\`${code}\`: ${title}`).join('; '),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(examples),
      },
    },
  };
}
