import type { OpenAPIObject } from '@nestjs/swagger';

export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  enum?: unknown[];
  example?: unknown;
  default?: unknown;
  nullable?: boolean;
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  additionalProperties?: boolean | Schema;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
}

/** The schema behind references and wrappers. */
export function resolveSchema(document: OpenAPIObject, schema: Schema): Schema {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/components/schemas/', '');
    return resolveSchema(document, (document.components?.schemas?.[name] ?? {}) as Schema);
  }
  const [only, ...others] = schema.allOf ?? [];
  return only !== undefined && others.length === 0 ? resolveSchema(document, only) : schema;
}

/** What the document itself gives as an example of a body: each property by its example. */
export function exampleOf(document: OpenAPIObject, unresolved: Schema): unknown {
  if (unresolved.example !== undefined) return unresolved.example;
  const schema = resolveSchema(document, unresolved);
  if (schema.example !== undefined) return schema.example;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.default !== undefined) return schema.default;
  const [alternative] = schema.oneOf ?? schema.anyOf ?? [];
  if (alternative) return exampleOf(document, alternative);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, member]) => [name, exampleOf(document, member)]),
      );
    case 'array':
      return [exampleOf(document, schema.items ?? {})];
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'string':
      return 'text';
    default:
      return {};
  }
}

/** Every property of a body with its place, such as `/roles/-/role`. */
export function* propertiesOf(
  document: OpenAPIObject,
  unresolved: Schema,
  place = '',
): Generator<{ place: string; name: string; schema: Schema }> {
  const schema = resolveSchema(document, unresolved);
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    yield { place: `${place}/${name}`, name, schema: member };
    yield* propertiesOf(document, member, `${place}/${name}`);
  }
  for (const part of [...(schema.oneOf ?? []), ...(schema.anyOf ?? []), ...(schema.allOf ?? [])]) {
    yield* propertiesOf(document, part, place);
  }
  if (schema.items) yield* propertiesOf(document, schema.items, `${place}/-`);
}
