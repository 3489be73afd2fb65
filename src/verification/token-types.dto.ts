import { PageOf } from '../platform/http/lists.js';
import { Choice, Flag, Integer, Moment, Id } from '../platform/http/properties.js';
import {
  codeLengths,
  type ConfigurableType,
  configurableTypes,
  maxLifetimeSeconds,
  minLifetimeSeconds,
  tokenMailTemplates,
} from './token-types.rules.js';

export class TokenTypeView {
  @Choice(configurableTypes, { example: 'password_reset' })
  type!: ConfigurableType;

  @Integer({
    min: minLifetimeSeconds,
    max: maxLifetimeSeconds,
    example: 1_800,
    describe: 'How long a token lives, counted from the moment its mail is sent',
  })
  lifetimeSeconds!: number;

  @Integer({
    min: minLifetimeSeconds,
    max: maxLifetimeSeconds,
    example: 86_400,
    describe: 'The longest life that this type may have',
  })
  maxLifetimeSeconds!: number;

  @Choice(tokenMailTemplates, { example: 'reset-password', describe: 'The mail that carries the link' })
  mailTemplate!: string;

  @Integer({
    ...codeLengths,
    nullable: true,
    example: 6,
    describe: 'Digits of the code that the mail shows beside the link; null for none',
  })
  codeLength!: number | null;

  @Flag({ example: false, describe: 'Whether the organization has set no value itself' })
  isDefault!: boolean;

  @Moment({ nullable: true, describe: 'When the organization last set it' })
  updatedAt!: string | null;

  @Id({ nullable: true })
  updatedBy!: string | null;
}

export const TokenTypePage = PageOf(TokenTypeView);
export type TokenTypePage = InstanceType<typeof TokenTypePage>;

export class SetTokenType {
  @Integer({
    min: minLifetimeSeconds,
    max: maxLifetimeSeconds,
    fromBody: true,
    nullable: true,
    example: 3_600,
    describe: 'At most `maxLifetimeSeconds` of the type; null takes the product’s own value',
  })
  lifetimeSeconds!: number | null;

  @Choice(tokenMailTemplates, {
    optional: true,
    nullable: true,
    example: 'reset-password',
    describe: 'A template that has the link of this type; left out or null: the product’s own choice',
  })
  mailTemplate?: string | null;

  @Integer({
    ...codeLengths,
    fromBody: true,
    optional: true,
    nullable: true,
    example: 6,
    describe:
      'For all types but `invitation`: the mail also shows a code of so many digits, which lives for ten minutes at most and ends ' +
      'after five wrong tries; left out or null: none',
  })
  codeLength?: number | null;
}
