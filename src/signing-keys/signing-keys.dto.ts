import { Choice, Flag, JsonObject, Moment, Nested, Text } from '../platform/http/properties.js';
import type { PublicJwk } from './key-generation.js';
import type { SigningKeyRow } from './signing-keys.queries.js';
import { type SigningAlgorithm, signingAlgorithms, type SigningKeyState } from './signing-keys.rules.js';

export class PublishSigningKey {
  @Choice(signingAlgorithms, { optional: true, describe: 'ES256 unless told' })
  alg?: SigningAlgorithm;

  @Flag({
    optional: true,
    example: false,
    describe:
      'Signs from now on, before everybody who verifies tokens has read it. Services that keep an old set of keys and do ' +
      'not read it again for a key that they do not know refuse tokens for up to 15 minutes',
  })
  immediately?: boolean;
}

export class SigningKeyView {
  @Text({
    min: 43,
    max: 43,
    describe: 'The thumbprint of the public key (RFC 7638)',
    example: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
  })
  kid!: string;

  @Choice(signingAlgorithms)
  alg!: SigningAlgorithm;

  @Choice(['next', 'active', 'retired'], {
    describe:
      '`next` is published and signs nothing yet, `active` signs, `retired` is published for what it has signed',
    example: 'active',
  })
  state!: SigningKeyState;

  @JsonObject({ maxBytes: 2_048, describe: 'As it is published (RFC 7517)' })
  publicJwk!: PublicJwk;

  @Moment()
  publishedAt!: string;

  @Moment({ nullable: true, describe: 'When a next key takes over at the earliest' })
  activatesAt!: string | null;

  @Moment({ nullable: true })
  activatedAt!: string | null;

  @Moment({ nullable: true })
  retiredAt!: string | null;

  @Moment({ nullable: true, describe: 'When a retired key is published no longer' })
  removeAt!: string | null;
}

/** All of them: there are never many. */
export class SigningKeyList {
  @Nested(() => SigningKeyView, { list: true })
  items!: SigningKeyView[];
}

export function signingKeyView(key: SigningKeyRow): SigningKeyView {
  return {
    kid: key.kid,
    alg: key.alg,
    state: key.state,
    publicJwk: key.publicJwk,
    publishedAt: key.publishedAt.toISOString(),
    activatesAt: key.activatesAt?.toISOString() ?? null,
    activatedAt: key.activatedAt?.toISOString() ?? null,
    retiredAt: key.retiredAt?.toISOString() ?? null,
    removeAt: key.removeAt?.toISOString() ?? null,
  };
}
