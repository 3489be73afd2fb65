import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsNumber,
  IsObject,
  IsString,
  Matches,
  Max,
  Min,
  registerDecorator,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { isBoundedJson, maxJsonDepth } from '../json/bounded-json.rules.js';

/*
 * One decorator a property of a request or response: it checks the value and describes it in the OpenAPI document, so
 * the two cannot differ.
 */

interface Common {
  describe?: string;
  example?: unknown;
  /** May be left out. */
  optional?: boolean;
  /** May be null. */
  nullable?: boolean;
}

type Constructor = new (...args: never[]) => object;

function property(
  common: Common,
  schema: ApiPropertyOptions,
  checks: PropertyDecorator[],
): PropertyDecorator {
  const presence: PropertyDecorator[] = [];
  if (common.nullable)
    presence.push(ValidateIf((_, value) => value !== null && (value !== undefined || !common.optional)));
  else if (common.optional) presence.push(ValidateIf((_, value) => value !== undefined));
  return applyDecorators(
    ApiProperty({
      ...schema,
      required: !common.optional,
      ...(common.nullable && { nullable: true }),
      ...(common.describe !== undefined && { description: common.describe }),
      ...(common.example !== undefined && { example: common.example }),
    } as ApiPropertyOptions),
    ...presence,
    ...checks,
  );
}

/** Text without control characters and halves of surrogate pairs, which `jsonb` does not take. */
export function Text(
  options: Common & { min?: number; max: number; pattern?: RegExp; patternText?: string; format?: string },
): PropertyDecorator {
  const { min = 1, max, pattern, patternText, format } = options;
  const checks = [IsString(), Length(min, max)];
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  checks.push(
    Matches(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\p{Cs}]*$/u, {
      message: 'must not have control characters or half a surrogate pair',
    }),
  );
  if (pattern) checks.push(Matches(pattern, { message: patternText ?? `must match ${pattern.source}` }));
  return property(
    options,
    {
      type: String,
      minLength: min,
      maxLength: max,
      ...(pattern && { pattern: pattern.source }),
      ...(format && { format }),
    },
    checks,
  );
}

/** A secret that somebody typed: any characters, never echoed. */
export function PasswordText(options: Common = {}): PropertyDecorator {
  return property(
    { example: 'correct horse battery staple', ...options },
    { type: String, format: 'password', minLength: 1, maxLength: 256 },
    [IsString(), Length(1, 256)],
  );
}

/** Digits that were sent to somebody. Not a number: a code may begin with zeros. */
export function CodeText(options: Common = {}): PropertyDecorator {
  const digits = { min: 6, max: 10, pattern: /^[0-9]+$/, patternText: 'must be digits' };
  return Text({ example: '073915', ...options, ...digits });
}

export function Id(options: Common = {}): PropertyDecorator {
  return property(
    { example: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4', ...options },
    { type: String, format: 'uuid' },
    [IsString(), Matches(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, { message: 'must be a UUID' })],
  );
}

/** In a query a number comes as text; `fromBody` says that it must be a number. */
export function Integer(
  options: Common & { min: number; max: number; otherwise?: number; fromBody?: boolean },
): PropertyDecorator {
  return applyDecorators(
    ...(options.fromBody ? [] : [Type(() => Number)]),
    property(
      options,
      {
        type: 'integer',
        minimum: options.min,
        maximum: options.max,
        ...(options.otherwise !== undefined && { default: options.otherwise }),
      },
      [IsInt(), Min(options.min), Max(options.max)],
    ),
  );
}

/** A number in an answer. */
export function Decimal(options: Common & { min: number; max: number }): PropertyDecorator {
  return property(options, { type: 'number', minimum: options.min, maximum: options.max }, [
    IsNumber(),
    Min(options.min),
    Max(options.max),
  ]);
}

export function Flag(options: Common = {}): PropertyDecorator {
  return property(options, { type: Boolean }, [IsBoolean()]);
}

export function Choice(values: readonly string[], options: Common = {}): PropertyDecorator {
  return property(
    { example: values[0], ...options },
    { type: String, enum: [...values, ...(options.nullable ? [null] : [])] as string[] },
    [IsIn([...values])],
  );
}

/** A moment in a request (ISO 8601 with time zone); the value stays text. */
export function Moment(options: Common = {}): PropertyDecorator {
  return property(
    { example: '2027-01-31T12:00:00.000Z', ...options },
    { type: String, format: 'date-time' },
    [
      IsString(),
      IsISO8601({ strict: true, strictSeparator: true }, { message: 'must be a time in ISO 8601' }),
      Matches(/T.*(Z|[+-]\d{2}:\d{2})$/, { message: 'must name a time zone, such as Z' }),
      Matches(/^\d{4}-/, { message: 'must have a year of four digits' }),
    ],
  );
}

/** A free JSON object, bounded in its serialised size. */
export function JsonObject(options: Common & { maxBytes: number }): PropertyDecorator {
  return property(options, { type: 'object', additionalProperties: true }, [
    IsObject(),
    SerializedSize(options.maxBytes),
  ]);
}

export function TextList(
  options: Common & { minItems?: number; maxItems: number; pattern: RegExp; patternText: string },
): PropertyDecorator {
  return property(
    options,
    {
      type: String,
      isArray: true,
      ...(options.minItems !== undefined && { minItems: options.minItems }),
      maxItems: options.maxItems,
      items: { type: 'string', pattern: options.pattern.source },
    } as ApiPropertyOptions,
    [
      IsArray(),
      ArrayMinSize(options.minItems ?? 0),
      ArrayMaxSize(options.maxItems),
      IsString({ each: true }),
      Matches(options.pattern, { each: true, message: options.patternText }),
    ],
  );
}

/** One nested object, or a list of them. */
export function Nested(
  type: () => Constructor,
  options: Common & { list?: boolean; maxItems?: number } = {},
): PropertyDecorator {
  const checks = [ValidateNested({ each: options.list ?? false }), Type(type)];
  if (options.list) checks.push(IsArray(), ArrayMaxSize(options.maxItems ?? 1_000), WithoutLists());
  else checks.push(IsObject());
  // Nest takes a function for a lazy type only if its name is "type".
  const lazy = { type: () => type() };
  return property(options, { ...lazy, ...(options.list && { isArray: true }) }, checks);
}

/** A list in a list would pass `ValidateNested`, which looks for objects in there and finds none to complain about. */
export const WithoutLists = (): PropertyDecorator =>
  ValidateWith(
    'withoutLists',
    (value) => !Array.isArray(value) || !value.some((item) => Array.isArray(item)),
    'must not have lists in it',
  );

/** A text property of which only the trimmed value counts. */
export const Trimmed = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

/** In code points, like PostgreSQL and JSON Schema; the library's own counts a letter with a variation selector as one. */
function Length(min: number, max: number): PropertyDecorator {
  const fits = (length: number): boolean => length >= min && length <= max;
  return ValidateWith(
    'length',
    (value) => typeof value === 'string' && fits([...value].length),
    `must have ${min} to ${max} characters`,
  );
}

function SerializedSize(maxBytes: number): PropertyDecorator {
  return ValidateWith(
    'serializedSize',
    (value) => isBoundedJson(value, maxBytes),
    `must not be larger than ${maxBytes} bytes, nested deeper than ${maxJsonDepth}, nor contain U+0000 or half a surrogate pair`,
  );
}

/** A check of one's own on a property. */
export function ValidateWith(
  name: string,
  check: (value: unknown) => boolean,
  message: string,
): PropertyDecorator {
  return (target, propertyName) =>
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: propertyName as string,
      options: { message },
      validator: { validate: check },
    });
}
