import { PageOf, PageQuery } from '../platform/http/lists.js';
import { Choice, Flag, Id, Integer, JsonObject, Moment, Nested, Text } from '../platform/http/properties.js';
import type { AttemptKind, AttemptOutcome, AttemptRow } from './provider-attempts.queries.js';
import { upstreamFailures } from './upstream-failures.types.js';
import { type StepName, stepNames } from './upstream/journal.js';

const outcomes = ['started', 'succeeded', 'failed'] as const;
const kinds = ['sign-in', 'link', 'test'] as const;
const failures = Object.keys(upstreamFailures);
const nullable = { nullable: true } as const;

const Reference = () =>
  Text({ max: 9, example: 'K7QF-3M2X', describe: 'What the person was shown, to tell it to you' });

export class AttemptStepView {
  @Choice(stepNames)
  step!: StepName;

  @Moment()
  at!: string;

  @Integer({ min: 0, max: 2_147_483_647, nullable: true, example: 84 })
  milliseconds!: number | null;

  @Flag({ example: true })
  isGood!: boolean;

  @Text({ max: 2_000, nullable: true, example: 'POST https://oauth2.googleapis.com/token' })
  request!: string | null;

  @Integer({ min: 100, max: 999, nullable: true, example: 200, describe: 'Status of the answer' })
  status!: number | null;

  @JsonObject({
    ...nullable,
    maxBytes: 65_536,
    example: { token_type: 'Bearer', access_token: '(180 characters)' },
    describe: 'What came back, without what names somebody or opens something',
  })
  answer!: unknown;

  @Text({ max: 500, nullable: true, example: 'invalid_client: Unauthorized' })
  explanation!: string | null;
}

export class FailureView {
  @Choice(failures)
  code!: string;

  @Text({ max: 500, example: upstreamFailures.client_refused[0], describe: 'Why it failed' })
  why!: string;

  @Text({ max: 500, example: upstreamFailures.client_refused[1], describe: 'What to do' })
  advice!: string;
}

export class AttemptView {
  @Reference()
  reference!: string;

  @Choice(kinds)
  kind!: AttemptKind;

  @Choice(outcomes, {
    describe: '`started`: they have not come back (yet); the provider may have shown them an error',
  })
  outcome!: AttemptOutcome;

  @Nested(() => FailureView, nullable)
  failure!: FailureView | null;

  @Nested(() => AttemptStepView, { list: true })
  steps!: AttemptStepView[];

  @JsonObject({
    ...nullable,
    maxBytes: 65_536,
    example: { outcome: 'create', claims: { email: 'max@acme.example' }, roles: [] },
    describe: 'Of a test that went well: the claims, and what would have become of the person',
  })
  result!: Record<string, unknown> | null;

  @Text({ max: 2_000, nullable: true, example: 'https://accounts.google.com' })
  issuer!: string | null;

  @Text({ max: 500, nullable: true, example: '110169484474386276334' })
  subject!: string | null;

  @Id(nullable)
  userId!: string | null;

  @Text({ max: 50, nullable: true, example: '203.0.113.7' })
  ip!: string | null;

  @Moment()
  createdAt!: string;

  @Moment(nullable)
  endedAt!: string | null;

  static of(row: AttemptRow): AttemptView {
    const { failure } = row;
    return {
      reference: row.reference,
      kind: row.kind,
      outcome: row.outcome,
      failure:
        failure === null
          ? null
          : { code: failure, why: upstreamFailures[failure][0], advice: upstreamFailures[failure][1] },
      steps: row.steps.map((step) => ({
        ...step,
        answer: shown(step.answer),
      })),
      result: row.result,
      issuer: row.issuer,
      subject: row.subject,
      userId: row.userId,
      ip: row.ip,
      createdAt: row.createdAt.toISOString(),
      endedAt: row.endedAt?.toISOString() ?? null,
    };
  }
}

/** Lists, of addresses say, and what is no object at all are shown in one. */
function shown(answer: unknown): unknown {
  if (Array.isArray(answer)) return { items: answer };
  return typeof answer === 'object' ? answer : { value: answer };
}

export class AttemptPage extends PageOf(AttemptView) {}

export class AttemptsQuery extends PageQuery {
  @Choice(outcomes, { optional: true })
  outcome?: AttemptOutcome;
}

export class TestView {
  @Reference()
  reference!: string;

  @Text({
    max: 2_048,
    format: 'uri',
    describe:
      'Open it in a browser, once and within ten minutes, and sign in at the provider. Nobody is signed in here by it',
    example:
      'https://tenantry.example/o/acme/providers/google/start?test=0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4.…',
  })
  startUrl!: string;

  @Moment()
  expiresAt!: string;
}
