import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../platform/config/config.js';
import type { Config } from '../platform/config/settings.js';
import { isUuid, newId } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { AttemptLimits, isLoopback } from '../sign-in/attempt-limits.service.js';
import { tooManyRequestsProblem } from '../sign-in/sign-in.problems.js';
import { isStep, requireFinishing, requireMove } from './flow-steps.rules.js';
import type { Flow, FlowState, StepName, Traveller } from './sign-in-flow.types.js';
import {
  advanceFlow,
  findFlow,
  findLatestFlow,
  finishFlow,
  forgetOlderFlows,
  insertFlow,
  moveFlow,
} from './sign-in-flows.queries.js';

const lifetimeSeconds = 1_800;
const flowsOfOneBrowser = 10;
const addressWindowSeconds = 600;
/** Beginning leaves a row behind; many people may share one address. */
const begunPerFailure = 10;

export interface FlowBeginning {
  /** From the form, so that one form begins one flow, however often it is sent. */
  readonly id: string;
  readonly step: StepName;
  readonly state: FlowState;
  readonly userId?: string | null;
  readonly interaction: string | null;
  readonly returnTo: string;
}

type Browser = Pick<Traveller, 'organization' | 'browser'>;

/**
 * The rows behind the pages of signing in. A flow belongs to the browser that began it; each request takes the version that
 * its page was made of, and the same one is taken once.
 */
@Injectable()
export class SignInFlows {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly limits: AttemptLimits,
  ) {}

  /** For the first form of a flow. */
  newId(): string {
    return newId();
  }

  /** Null where that form was sent before. @throws Problem `too_many_requests` */
  async begin(traveller: Traveller, { id, userId = null, ...flow }: FlowBeginning): Promise<Flow | null> {
    if (!isUuid(id)) return null;
    const browserHash = hashOf(traveller);
    return this.database.forOrganization(traveller.organization.id, async (tx) => {
      await this.countAddress(tx, traveller);
      const begun = await insertFlow(tx, {
        ...flow,
        id: id.toLowerCase(),
        userId,
        browserHash,
        lifetimeSeconds,
      });
      if (begun !== null) await forgetOlderFlows(tx, browserHash, flowsOfOneBrowser);
      return begun;
    });
  }

  /** Where a flow of this browser is; null for one that is over, or of another browser or organization. */
  async find(browser: Browser, id: string): Promise<Flow | null> {
    if (!isUuid(id)) return null;
    return this.database.forOrganization(browser.organization.id, (tx) =>
      findFlow(tx, hashOf(browser), id.toLowerCase()),
    );
  }

  /** The one that this browser began last, if it waits at this step. */
  latest(browser: Browser, step: StepName): Promise<Flow | null> {
    return this.database.forOrganization(browser.organization.id, (tx) =>
      findLatestFlow(tx, hashOf(browser), step),
    );
  }

  /**
   * For whoever does what a page of that version offers; nobody else can do it again. Null where somebody has, where the
   * flow is at another step, over, or of another browser.
   */
  async take(
    browser: Browser,
    { id, version, step }: { id: string; version: number; step: string },
  ): Promise<Flow | null> {
    if (!isUuid(id) || !isStep(step) || !Number.isSafeInteger(version) || version < 1 || version > 1e9)
      return null;
    return this.database.forOrganization(browser.organization.id, (tx) =>
      advanceFlow(tx, hashOf(browser), { id: id.toLowerCase(), version, step }),
    );
  }

  /** Null where it is over by now. @throws Error for a move that no step makes */
  move(
    { organization }: Browser,
    flow: Flow,
    step: StepName,
    { state = flow.state, userId = flow.userId }: Partial<Pick<Flow, 'state' | 'userId'>> = {},
  ): Promise<Flow | null> {
    requireMove(flow.step, step);
    return this.database.forOrganization(organization.id, (tx) =>
      moveFlow(tx, flow, { step, state, userId }),
    );
  }

  /**
   * Goes together with what makes the session; after it, since that locks the organization and the user.
   *
   * @returns whether it was not finished before
   */
  finish(tx: Transaction, flow: Flow): Promise<boolean> {
    requireFinishing(flow.step);
    return finishFlow(tx, flow);
  }

  /** Developers and tests sign in from their own machine as often as they like. */
  private async countAddress(tx: Transaction, { visitor: { origin } }: Traveller): Promise<void> {
    if (isLoopback(origin.ip) && this.config.server.environment !== 'production') return;
    const most = this.config.limits.failuresPerAddress * begunPerFailure;
    const counter = this.limits.fromAddress('sign-in.flow', origin.ip, most, addressWindowSeconds);
    const { blockedBy, retryAfterSeconds } = await this.limits.count(tx, [counter]);
    if (blockedBy !== null) throw tooManyRequestsProblem(retryAfterSeconds);
  }
}

/** The cookie's value alone would let whoever reads the table take somebody's place. */
const hashOf = ({ browser }: Browser): Buffer => hash('sha256', `sign-in-flow ${browser}`, 'buffer');
