import { Injectable } from '@nestjs/common';
import { issueToken } from '../platform/crypto/secret-token.js';
import { newId } from '../platform/crypto/uuid.js';
import type { Transaction } from '../platform/database/transaction.js';
import { deleteEndedSecrets, findSecrets, insertSecret } from './application-secrets.queries.js';
import { usesSecrets } from './application-kinds.rules.js';
import { tooManyApplicationsProblem, tooManySecretsProblem } from './applications.problems.js';
import { insertApplication, lockApplicationCount, type NewApplication } from './applications.queries.js';
import { mostApplications } from './applications.rules.js';

const hintLength = 4;

/** The last characters of a secret, to tell it from the other. */
export const hintOf = (secret: string): string => secret.slice(-hintLength);

/** Rows of applications and their secrets, made in the transactions of whoever decides about them. */
@Injectable()
export class ApplicationCreation {
  /**
   * With a first secret, where it proves itself with one.
   *
   * @throws Problem `limit_reached`
   */
  async create(
    tx: Transaction,
    application: Omit<NewApplication, 'id'>,
  ): Promise<{ id: string; clientSecret: string | null }> {
    if ((await lockApplicationCount(tx)) >= mostApplications)
      throw tooManyApplicationsProblem(mostApplications);
    const id = newId();
    await insertApplication(tx, { ...application, id });
    if (!usesSecrets(application.settings.tokenEndpointAuthMethod)) return { id, clientSecret: null };
    const { clientSecret } = await this.addSecret(tx, id, null, application.createdBy);
    return { id, clientSecret };
  }

  /**
   * One more secret of an application that the caller has locked, or just made.
   *
   * @throws Problem `limit_reached`
   */
  async addSecret(
    tx: Transaction,
    applicationId: string,
    expiresAt: Date | null,
    createdBy: string | null,
  ): Promise<{ id: string; clientSecret: string }> {
    await deleteEndedSecrets(tx, applicationId);
    const taken = (await findSecrets(tx, applicationId)).map(({ place }) => place);
    const place = ([1, 2] as const).find((number) => !taken.includes(number));
    if (place === undefined) throw tooManySecretsProblem();
    const { token, tokenHash } = issueToken('client-secret', tx.organizationId);
    const id = newId();
    const hint = hintOf(token);
    await insertSecret(tx, { id, applicationId, place, secretHash: tokenHash, hint, expiresAt, createdBy });
    return { id, clientSecret: token };
  }
}
