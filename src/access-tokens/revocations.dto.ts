import { Id, Integer, Moment, Nested, Text } from '../platform/http/properties.js';
import type { RevocationRow } from './revocations.queries.js';
import { lastDeadSecond } from './revocations.rules.js';

export const mostRevocations = 1_000;

export class RevocationsQuery {
  @Text({
    max: 18,
    optional: true,
    pattern: /^\d+$/,
    patternText: 'must be the `next` of an answer',
    example: '4711',
    describe: 'The `next` of the answer before; left out to begin',
  })
  after?: string;

  @Integer({
    min: 1,
    max: mostRevocations,
    otherwise: mostRevocations,
    optional: true,
    example: 1_000,
    describe: 'Items of an answer',
  })
  limit?: number;
}

export class RevocationView {
  @Text({
    max: 200,
    describe:
      '`session:…`, `session:…:application:…`, `application:…` or `organization`: the end of its name in Redis',
    example: 'session:0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4',
  })
  subject!: string;

  @Id({ nullable: true, describe: 'The `sid` of the tokens; null for all' })
  sessionId!: string | null;

  @Id({ nullable: true, describe: 'The `client_id` of the tokens; null for all' })
  applicationId!: string | null;

  @Integer({
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    example: 1_801_396_800,
    describe: 'Tokens whose `iat` is not larger are dead',
  })
  issuedUntil!: number;

  @Moment({ describe: 'Then the last of these tokens has ended by itself, and the entry may be forgotten' })
  expiresAt!: string;
}

export class RevocationList {
  @Nested(() => RevocationView, { list: true, maxItems: mostRevocations })
  items!: RevocationView[];

  @Text({
    max: 18,
    example: '4711',
    describe: 'Hand it back as `after`: now if there are items, else a while later',
  })
  next!: string;
}

export function revocationView(row: RevocationRow): RevocationView {
  const { subject, sessionId, applicationId } = row;
  const issuedUntil = lastDeadSecond(row);
  return { subject, sessionId, applicationId, issuedUntil, expiresAt: row.expiresAt.toISOString() };
}
