import { Id, Moment, Nested, Text } from '../platform/http/properties.js';
import type { ApplicationSecret } from './application-secret.entity.js';

export class CreateSecretBody {
  @Moment({
    optional: true,
    nullable: true,
    describe: 'When it ends by itself; never, when left out or null',
  })
  expiresAt?: string | null;
}

export class SecretView {
  @Id()
  id!: string;

  @Text({ max: 4, example: 'jKlM', describe: 'The last characters of the secret' })
  hint!: string;

  @Moment({ nullable: true })
  expiresAt!: string | null;

  @Moment()
  createdAt!: string;

  @Moment({ nullable: true, describe: 'To the minute; null when it was never used' })
  lastUsedAt!: string | null;

  static of({ id, hint, expiresAt, createdAt, lastUsedAt }: ApplicationSecret): SecretView {
    return {
      id,
      hint,
      expiresAt: expiresAt?.toISOString() ?? null,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
    };
  }
}

export class CreatedSecretView extends SecretView {
  @Text({
    max: 200,
    example: 'ten_cs_AZnB8mpQfMGdQTqG4NOlxAbC0dEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlM',
    describe: 'The secret itself: shown this once, and stored as a hash',
  })
  clientSecret!: string;
}

export class SecretsView {
  @Nested(() => SecretView, { list: true, maxItems: 2, describe: 'Those that have not ended; two at most' })
  items!: SecretView[];
}
