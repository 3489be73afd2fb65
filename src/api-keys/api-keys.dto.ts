import { permissionPattern } from '../platform/access/permission-set.js';
import { PageOf } from '../platform/http/lists.js';
import { Id, Moment, Text, TextList, Trimmed } from '../platform/http/properties.js';
import type { ApiKey } from './api-key.entity.js';

const Permissions = (describe: string) =>
  TextList({
    minItems: 1,
    maxItems: 200,
    pattern: permissionPattern,
    patternText: 'must be permissions: resource:action, resource:* or *',
    example: ['sessions:validate', 'access:check'],
    describe,
  });

export class CreateApiKey {
  @Trimmed()
  @Text({ max: 100, example: 'article service' })
  name!: string;

  @Permissions('What the key is for; each one you must hold yourself')
  permissions!: string[];

  @Moment({
    optional: true,
    nullable: true,
    describe: 'Never, when left out or null; a key that was made with a key ends with that one at the latest',
  })
  expiresAt?: string | null;
}

export class ApiKeyView {
  @Id()
  id!: string;

  @Text({ max: 100, example: 'article service' })
  name!: string;

  @Text({ max: 36, example: 'ten_key_AZnB8mpQfMGdQTqG4NOlxAbC0dEf', describe: 'Begins the key' })
  prefix!: string;

  @Permissions('The key has those of them that its creator holds at the time of use')
  permissions!: string[];

  @Moment({ nullable: true })
  expiresAt!: string | null;

  @Moment()
  createdAt!: string;

  @Id({ describe: 'The user to whom the key belongs; it is dead while that user is not active' })
  createdBy!: string;

  @Moment({ nullable: true, describe: 'To the minute; null when it was never used' })
  lastUsedAt!: string | null;
}

export class CreatedApiKeyView extends ApiKeyView {
  @Text({
    max: 200,
    example: 'ten_key_AZnB8mpQfMGdQTqG4NOlxAbC0dEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlM',
    describe: 'The key itself: shown this once, and stored as a hash',
  })
  key!: string;
}

export class ApiKeyPage extends PageOf(ApiKeyView) {}

export function apiKeyView(key: ApiKey): ApiKeyView {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    permissions: key.permissions,
    expiresAt: key.expiresAt?.toISOString() ?? null,
    createdAt: key.createdAt.toISOString(),
    createdBy: key.userId,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  };
}
