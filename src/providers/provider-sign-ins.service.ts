import { hash, randomBytes, randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../platform/config/config.js';
import type { Config } from '../platform/config/settings.js';
import { newId } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { PublicAddresses } from '../platform/http/public-addresses.js';
import { LOG, type Log } from '../platform/log/log.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { AttemptLimits, isLoopback } from '../sign-in/attempt-limits.service.js';
import { tooManyRequestsProblem } from '../sign-in/sign-in.problems.js';
import { isSecondFactor, mappingOf, readClaims, readContext, readSubject } from './claims.rules.js';
import type { UpstreamIdentity } from './provider.types.js';
import { endAttempt, insertAttempt, noteAttempt } from './provider-attempts.queries.js';
import { ProviderSecrets } from './provider-secrets.service.js';
import { consumeSignIn, findSignIn, insertSignIn, type SignInRow } from './provider-sign-ins.queries.js';
import {
  type OpenAttempt,
  type ProviderHints,
  type ProviderPurpose,
  type ProviderReturn,
  ProviderSignInFailure,
  type ProviderTraveller,
} from './provider-sign-ins.types.js';
import { type ProviderRow, Providers } from './providers.service.js';
import { UpstreamFailure, type UpstreamFailureCode } from './upstream-failures.types.js';
import type { Journal } from './upstream/journal.js';
import { redact } from './upstream/redaction.rules.js';
import type { Testimony } from './upstream/upstream-client.js';
import { Upstreams } from './upstream/upstreams.js';

const lifetimeSeconds = 600;
const addressWindowSeconds = 600;
/** Leaving writes two rows; many people may share one address. */
const departuresPerFailure = 5;

interface OpenSignIn {
  readonly row: SignInRow;
  readonly provider: ProviderRow;
}

/**
 * The way to a provider and back. What comes back is taken once, in the browser that left, within ten minutes, from the
 * provider that it was sent to; everything else fails, and the attempt says why.
 */
@Injectable()
export class ProviderSignIns {
  readonly #isDevelopment: boolean;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Log,
    private readonly database: Database,
    private readonly providers: Providers,
    private readonly upstreams: Upstreams,
    private readonly secrets: ProviderSecrets,
    private readonly addresses: PublicAddresses,
    private readonly limits: AttemptLimits,
  ) {
    this.#isDevelopment = config.server.environment !== 'production';
  }

  /**
   * @param reference id or name
   * @returns where to send the browser
   * @throws ProviderSignInFailure; Problem `not_found`, `too_many_requests`
   */
  async begin(
    traveller: ProviderTraveller,
    reference: string,
    purpose: ProviderPurpose,
    hints: ProviderHints,
  ): Promise<string> {
    const { organization, visitor, browser } = traveller;
    const begun = await this.database.forOrganization(organization.id, async (tx) => {
      await this.countAddress(tx, traveller);
      const provider = (await this.providers.find(tx, reference)) ?? raise(notFoundProblem());
      // A test is there to try out what is not offered yet.
      const mayUse = provider.clientId !== null && (provider.isEnabled || purpose.kind === 'test');
      if (!mayUse) throw notFoundProblem();
      const attempt = await this.open(tx, provider, purpose, visitor.origin.ip);
      return { provider, attempt, upstream: this.providers.upstreamOf(tx, provider) };
    });
    const { provider, attempt, upstream } = begun;
    const journal = this.upstreams.journal();
    const state = randomBytes(32).toString('base64url');
    const nonce = randomBytes(32).toString('base64url');
    const callbackUrl = this.addresses.providerCallback(organization.slug);
    try {
      const ticket = await this.upstreams.depart(upstream, { callbackUrl, state, nonce, ...hints }, journal);
      journal.note('departure', true, null, { request: `GET ${ticket.address.split('?')[0]!}` });
      const id = newId();
      await this.database.forOrganization(organization.id, async (tx) => {
        await insertSignIn(tx, {
          id,
          providerId: provider.id,
          providerVersion: provider.version,
          attemptId: attempt.id,
          stateHash: hashOf('state', state),
          browserHash: hashOf('browser', browser),
          secrets: this.secrets.sealSignIn(organization.id, id, { nonce, verifier: ticket.verifier }),
          kind: purpose.kind,
          interaction: purpose.kind === 'sign-in' ? purpose.interaction : null,
          returnTo: purpose.kind === 'sign-in' ? purpose.returnTo : null,
          sessionId: purpose.kind === 'link' ? purpose.sessionId : null,
          userId: purpose.kind === 'link' ? purpose.userId : null,
          lifetimeSeconds,
        });
        await noteAttempt(tx, attempt.id, journal.steps);
      });
      return ticket.address;
    } catch (error) {
      throw await this.failed(organization.id, attempt, provider, purpose, journal, error);
    }
  }

  /**
   * @param name of the provider whose own callback address was used; null for the one of all
   * @throws ProviderSignInFailure; Problem `not_found` for a state that was never given out, or so long ago that nothing is
   *   known of it any more
   */
  async finish(
    { organization, browser }: Omit<ProviderTraveller, 'browser'> & { readonly browser: string | null },
    parameters: URLSearchParams,
    name: string | null,
  ): Promise<ProviderReturn> {
    const state = parameters.getAll('state');
    if (state.length !== 1 || state[0]!.length > 100) throw notFoundProblem();
    const browserHash = browser === null ? null : hashOf('browser', browser);
    const { row, provider } = await this.find(organization.id, state[0]!, browserHash);
    const attempt = { id: row.attemptId, reference: row.reference, steps: row.steps };
    const journal = this.upstreams.journal(row.steps);
    const purpose = purposeOf(row);
    const names = [...new Set(parameters.keys())].filter((key) => key !== 'state');
    journal.note('callback', true, null, {
      answer: { parameters: names.slice(0, 20).map((key) => key.slice(0, 50)) },
    });
    try {
      requireStanding(row, provider, parameters, name);
      const taken = await this.database.forOrganization(organization.id, async (tx) =>
        (await consumeSignIn(tx, row.id, browserHash!)) ? this.providers.upstreamOf(tx, provider) : null,
      );
      if (taken === null) throw new UpstreamFailure('state_used');
      const { nonce, verifier } = this.secrets.openSignIn(organization.id, row.id, row.secrets);
      const callbackUrl = this.addresses.providerCallback(organization.slug);
      const back = { callbackUrl, state: state[0]!, nonce, verifier, parameters };
      const testimony = await this.upstreams.arrive(taken, back, journal);
      const identity = this.identityOf(provider, testimony, journal);
      await this.database.forOrganization(organization.id, (tx) =>
        noteAttempt(tx, attempt.id, journal.steps),
      );
      const { id, name: providerName, displayName } = provider;
      return {
        provider: { id, name: providerName, displayName },
        purpose,
        identity,
        beganAt: row.createdAt,
        attempt: { ...attempt, steps: journal.steps },
      };
    } catch (error) {
      throw await this.failed(
        organization.id,
        attempt,
        provider,
        isOver(error) ? null : purpose,
        journal,
        error,
      );
    }
  }

  /** They have come in. */
  async succeeded(
    organizationId: string,
    back: ProviderReturn,
    end: { readonly userId: string | null; readonly result?: Record<string, unknown> },
  ): Promise<void> {
    const journal = this.upstreams.journal(back.attempt.steps);
    journal.note('arrival', true);
    const { issuer, subject } = back.identity;
    await this.database.forOrganization(organizationId, (tx) =>
      endAttempt(tx, back.attempt.id, {
        outcome: 'succeeded',
        failure: null,
        steps: journal.steps,
        issuer,
        subject,
        userId: end.userId,
        result: end.result ?? null,
      }),
    );
  }

  /** A rule of the organization has refused them. @returns what to show */
  async refused(
    organizationId: string,
    back: ProviderReturn,
    refusal: { readonly reason: string; readonly message: string },
  ): Promise<ProviderSignInFailure> {
    const journal = this.upstreams.journal(back.attempt.steps);
    const failure = new UpstreamFailure('arrival_refused', `${refusal.reason}: ${refusal.message}`);
    journal.note('arrival', false, failure.message);
    const { issuer, subject } = back.identity;
    await this.database.forOrganization(organizationId, (tx) =>
      endAttempt(tx, back.attempt.id, {
        outcome: 'failed',
        failure: failure.code,
        steps: journal.steps,
        issuer,
        subject,
      }),
    );
    return new ProviderSignInFailure(failure, back.attempt.reference, back.provider, back.purpose);
  }

  private identityOf(
    provider: ProviderRow,
    { issuer, claims: raw, tokens }: Testimony,
    journal: Journal,
  ): UpstreamIdentity {
    const mapping = mappingOf(provider.type, provider.claimMapping);
    const subject = readSubject(raw, mapping.subject);
    if (subject === null) {
      const failure = new UpstreamFailure('subject_missing', `There is none at ${mapping.subject}`);
      journal.note('claims', false, failure.message, { answer: redact(raw) });
      throw failure;
    }
    const claims = readClaims(raw, mapping, this.#isDevelopment);
    const { acr, amr } = readContext(raw);
    const accepted = (provider.settings['secondFactorAcrs'] ?? []) as string[];
    const { raw: _raw, ...read } = claims;
    journal.note('claims', true, null, { answer: redact(read) });
    return {
      providerId: provider.id,
      issuer,
      subject,
      claims,
      tokens,
      acr,
      amr,
      hasSecondFactor: provider.acceptsUpstreamMfa && isSecondFactor(amr, acr, accepted),
    };
  }

  private find(organizationId: string, state: string, browserHash: Buffer | null): Promise<OpenSignIn> {
    return this.database.forOrganization(organizationId, async (tx) => {
      const row = (await findSignIn(tx, hashOf('state', state), browserHash)) ?? raise(notFoundProblem());
      const provider = (await this.providers.find(tx, row.providerId)) ?? raise(notFoundProblem());
      return { row, provider };
    });
  }

  private async open(
    tx: Transaction,
    provider: ProviderRow,
    purpose: ProviderPurpose,
    ip: string,
  ): Promise<OpenAttempt> {
    if (purpose.kind === 'test') return { id: purpose.attemptId, reference: purpose.reference, steps: [] };
    const attempt = { id: newId(), reference: newReference(), steps: [] };
    await insertAttempt(tx, { ...attempt, providerId: provider.id, kind: purpose.kind, ip });
    return attempt;
  }

  private async failed(
    organizationId: string,
    attempt: OpenAttempt,
    provider: ProviderRow,
    purpose: ProviderPurpose | null,
    journal: Journal,
    error: unknown,
  ): Promise<unknown> {
    const isKnown = error instanceof UpstreamFailure;
    if (!isKnown)
      this.log.error(
        { error, reference: attempt.reference, provider: provider.id },
        'a sign-in by a provider failed',
      );
    const failure = isKnown ? error : new UpstreamFailure('failed', null, { cause: error });
    const last = journal.steps.at(-1);
    if (last === undefined || last.isGood) journal.note('callback', false, failure.message);
    // Of one that somebody has used, the first use tells what became of it.
    if (failure.code !== 'state_used' && failure.code !== 'browser_wrong')
      await this.database.forOrganization(organizationId, (tx) =>
        endAttempt(tx, attempt.id, { outcome: 'failed', failure: failure.code, steps: journal.steps }),
      );
    const { name, displayName } = provider;
    return new ProviderSignInFailure(failure, attempt.reference, { name, displayName }, purpose);
  }

  /** Developers and tests go from their own machine as often as they like. */
  private async countAddress(tx: Transaction, { visitor: { origin } }: ProviderTraveller): Promise<void> {
    if (isLoopback(origin.ip) && this.#isDevelopment) return;
    const most = this.config.limits.failuresPerAddress * departuresPerFailure;
    const counter = this.limits.fromAddress('providers.start', origin.ip, most, addressWindowSeconds);
    const { blockedBy, retryAfterSeconds } = await this.limits.count(tx, [counter]);
    if (blockedBy !== null) throw tooManyRequestsProblem(retryAfterSeconds);
  }
}

/** Before anything of it is used up. @throws UpstreamFailure */
function requireStanding(
  row: SignInRow,
  provider: ProviderRow,
  parameters: URLSearchParams,
  name: string | null,
): void {
  if (!row.isOfBrowser) throw new UpstreamFailure('browser_wrong');
  if (row.isUsed) throw new UpstreamFailure('state_used');
  if (row.isExpired) throw new UpstreamFailure('state_expired');
  if (name !== null && name !== provider.name && name !== provider.id)
    throw new UpstreamFailure('provider_mismatch');
  const isSame = provider.version === row.providerVersion && (provider.isEnabled || row.kind === 'test');
  if (!isSame) throw new UpstreamFailure('provider_changed');
  // Whoever reads the first one and whoever reads the last one would not read the same.
  const names = [...parameters.keys()];
  if (new Set(names).size < names.length)
    throw new UpstreamFailure('upstream_unreadable', 'It sent a parameter twice');
}

const over: ReadonlySet<UpstreamFailureCode> = new Set(['browser_wrong']);
const isOver = (error: unknown): boolean => error instanceof UpstreamFailure && over.has(error.code);

function purposeOf({
  kind,
  interaction,
  returnTo,
  sessionId,
  userId,
  attemptId,
  reference,
}: SignInRow): ProviderPurpose {
  switch (kind) {
    case 'sign-in':
      return { kind, interaction, returnTo: returnTo! };
    case 'link':
      return { kind, sessionId: sessionId!, userId: userId! };
    case 'test':
      return { kind, attemptId, reference };
  }
}

/** What the database holds gives nobody the place of the browser, or the answer. */
const hashOf = (what: 'state' | 'browser', value: string): Buffer =>
  hash('sha256', `provider-sign-in ${what} ${value}`, 'buffer');

/** Crockford's base 32: read out over a telephone, no letter is taken for another. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export function newReference(): string {
  const text = Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('');
  return `${text.slice(0, 4)}-${text.slice(4)}`;
}
