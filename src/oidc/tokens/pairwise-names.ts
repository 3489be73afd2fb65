import { randomUUID } from 'node:crypto';
import type { Client, Provider } from 'oidc-provider';
import type { Database } from '../../platform/database/database.js';
import type { PairwiseSubjects } from '../accounts/pairwise-subjects.js';
import { duringProtocol } from '../failures.js';
import type { Issuer } from '../issuer.types.js';
import { findOrStoreSid } from './session-names.queries.js';
import type { Actor } from './token-actors.js';

/** What tokens of an application call sessions and people, so that pairwise ones have nothing to compare. */
export class PairwiseNames {
  constructor(
    private readonly database: Database,
    private readonly subjects: PairwiseSubjects,
  ) {}

  /** For a pairwise application the one that its id tokens have as well. */
  async session(issuer: Issuer, client: Client, sessionId: string): Promise<string> {
    if (!isPairwise(client)) return sessionId;
    return duringProtocol(() =>
      this.database.forOrganization(issuer.id, (tx) =>
        findOrStoreSid(tx, sessionId, client.clientId, randomUUID()),
      ),
    );
  }

  person(issuer: Issuer, client: Client, userId: string): Promise<string> {
    return isPairwise(client)
      ? this.subjects.subjectOf(issuer, client.sectorIdentifier!, userId)
      : Promise.resolve(userId);
  }

  /** A chain as another application had it: its applications are what they are, its people are renamed. */
  async actor(issuer: Issuer, provider: Provider, client: Client, { sub, act }: Actor): Promise<Actor> {
    const isApplication = !isPairwise(client) || (await provider.Client.find(sub)) !== undefined;
    return {
      sub: isApplication ? sub : await this.person(issuer, client, sub),
      ...(act && { act: await this.actor(issuer, provider, client, act) }),
    };
  }
}

const isPairwise = ({ subjectType }: Client): boolean => subjectType === 'pairwise';
