import {
  type Outbound,
  type OutboundAnswer,
  OutboundError,
  type OutboundRequest,
} from '../../platform/outbound/outbound.js';
import { UpstreamFailure } from '../upstream-failures.types.js';
import { readable, redact } from './redaction.rules.js';

export const stepNames = [
  'departure',
  'discovery',
  'callback',
  'token',
  'keys',
  'id_token',
  'user_info',
  'claims',
  'arrival',
] as const;
export type StepName = (typeof stepNames)[number];

/** One thing that was done on the way, and what came of it. Nothing in it is secret. */
export interface AttemptStep {
  readonly step: StepName;
  readonly at: string;
  readonly milliseconds: number | null;
  readonly isGood: boolean;
  /** Method and address, without what stands behind the `?`. */
  readonly request: string | null;
  readonly status: number | null;
  /** What came back, without what names somebody or opens something. */
  readonly answer: unknown;
  readonly explanation: string | null;
}

const mostSteps = 20;
const mostAnswerBytes = 4_000;

/** What happens on one way to a provider and back, written down as it happens; and the only way to call it meanwhile. */
export class Journal {
  readonly #steps: AttemptStep[];
  #lastAnswer: unknown = null;

  constructor(
    private readonly outbound: Outbound,
    earlier: readonly AttemptStep[] = [],
  ) {
    this.#steps = [...earlier];
  }

  get steps(): readonly AttemptStep[] {
    return this.#steps;
  }

  /** What came last, as it came; kept nowhere. */
  get lastAnswer(): unknown {
    return this.#lastAnswer;
  }

  note(
    step: StepName,
    isGood: boolean,
    explanation: string | null = null,
    details: Partial<Pick<AttemptStep, 'answer' | 'request' | 'status' | 'milliseconds'>> = {},
  ): void {
    if (this.#steps.length >= mostSteps) return;
    this.#steps.push({
      step,
      at: new Date().toISOString(),
      milliseconds: null,
      isGood,
      request: null,
      status: null,
      explanation: explanation === null ? null : readable(explanation),
      ...details,
      answer: bounded(details.answer ?? null),
    });
  }

  /**
   * @returns what answered with a status below 500
   * @throws UpstreamFailure
   */
  async send(step: StepName, address: string, request: OutboundRequest = {}): Promise<OutboundAnswer> {
    const begun = performance.now();
    const details = () => ({
      request: `${request.method ?? 'GET'} ${readable(address.split('?')[0]!)}`,
      milliseconds: Math.round(performance.now() - begun),
    });
    let answer: OutboundAnswer;
    try {
      answer = await this.outbound.send(address, request);
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      this.note(step, false, error.message, details());
      throw new UpstreamFailure(codeOf(error), error.message, { cause: error });
    }
    const { status } = answer;
    this.#lastAnswer = readAnswer(answer);
    const isGood = status >= 200 && status < 300;
    this.note(step, isGood, isGood ? null : `It answered ${status}`, {
      ...details(),
      status,
      answer: redact(this.#lastAnswer),
    });
    if (status >= 500) throw new UpstreamFailure('upstream_broken', `It answered ${status}`);
    return answer;
  }

  /** The same for an answer that has to be a JSON object, or a list. @throws UpstreamFailure */
  async readJson<T = Record<string, unknown>>(
    step: StepName,
    address: string,
    request: OutboundRequest = {},
  ): Promise<{ readonly status: number; readonly body: T }> {
    const { status } = await this.send(step, address, request);
    const body = this.#lastAnswer;
    if (typeof body !== 'object' || body === null)
      throw new UpstreamFailure('upstream_unreadable', `It answered ${status} with something else than JSON`);
    return { status, body: body as T };
  }

  /** For libraries that want the platform's own. */
  fetchFor(stepOf: (address: string) => StepName) {
    return async (
      address: string | URL,
      options: { method?: string; headers?: unknown; body?: unknown } = {},
    ): Promise<Response> => {
      const { method = 'GET', headers, body } = options;
      const answer = await this.send(stepOf(String(address)), String(address), {
        method,
        headers: Object.fromEntries(new Headers(headers as Record<string, string>)),
        ...(body !== undefined && body !== null && { body: String(body) }),
      });
      const isEmpty = [204, 205, 304].includes(answer.status);
      return new Response(isEmpty ? null : new Uint8Array(answer.body), {
        status: answer.status,
        headers: answer.headers,
      });
    };
  }
}

function bounded(answer: unknown): unknown {
  const isSmall = Buffer.byteLength(JSON.stringify(answer)) <= mostAnswerBytes;
  return isSmall ? answer : { note: 'It is too long to be kept' };
}

function codeOf({ message }: OutboundError): 'upstream_slow' | 'upstream_broken' | 'upstream_unreachable' {
  if (message === 'There was no answer in time') return 'upstream_slow';
  return message === 'The answer is too large' ? 'upstream_broken' : 'upstream_unreachable';
}

/** JSON, or the form that some token endpoints answer with; other text is no answer. */
function readAnswer({ body, headers }: OutboundAnswer): unknown {
  const text = body.toString();
  const type = headers['content-type'] ?? '';
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return type.startsWith('application/x-www-form-urlencoded')
      ? Object.fromEntries(new URLSearchParams(text))
      : null;
  }
}
