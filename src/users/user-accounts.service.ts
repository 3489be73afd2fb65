import { Injectable } from '@nestjs/common';
import { Mail } from '../mail/mail.service.js';
import { newId } from '../platform/crypto/uuid.js';
import { violatedUniqueConstraint } from '../platform/database/database-errors.js';
import type { Transaction } from '../platform/database/transaction.js';
import { raise } from '../platform/problems/problem.js';
import { readIdentifier, readReference } from './identifiers.rules.js';
import {
  decideUpdate,
  type Profile,
  type ProfileInput,
  readNewProfile,
  readProfile,
} from './profile.rules.js';
import type { User } from './user.entity.js';
import { statusOfUsable } from './user-status.rules.js';
import { takenProblem } from './users.problems.js';
import { findTakenConstraint, findUser, insertUser, updateUser } from './users.queries.js';
import { withoutWelcome } from './welcome.queries.js';

export interface UserInput extends ProfileInput {
  metadata?: Record<string, unknown>;
  passwordHash?: string;
  /** Whether they sign in without a password of ours. */
  hasOtherWayIn?: boolean;
  emailVerifiedAt?: Date | null;
  createdBy?: string | null;
}

export interface PersonInput {
  fullName?: string | null;
  phoneNumber?: string | null;
  /** Merged into what is there (RFC 7396). */
  metadata?: Record<string, unknown> | null;
}

/** Steps with a user in the transaction of somebody else. None of them writes an audit event: the whole change does. */
@Injectable()
export class UserAccounts {
  constructor(private readonly mail: Mail) {}

  /**
   * Creates a user: active with a password or another way in, else `initializing` until the link is used that the user's
   * address gets.
   * When an identifier is taken the transaction can still commit, so whoever must not tell may catch the problem and go
   * on.
   *
   * @throws Problem `email_taken`, `username_taken`, `phone_number_taken`, or `invalid_request` for a malformed identifier
   */
  async create(tx: Transaction, input: UserInput): Promise<User> {
    const isUsable = input.passwordHash !== undefined || input.hasOtherWayIn === true;
    const user = {
      ...readNewProfile(input),
      id: newId(),
      metadata: input.metadata ?? {},
      passwordHash: input.passwordHash ?? null,
      emailVerifiedAt: input.emailVerifiedAt ?? null,
      status: statusOfUsable(isUsable),
      createdBy: input.createdBy ?? null,
    };
    const { email } = user;
    const awaitsPassword = email !== null && !isUsable && user.emailVerifiedAt === null;
    const insert = () => insertUser(tx, user);
    const inserted = await (awaitsPassword ? withoutWelcome(tx, insert) : insert());
    // Between the two statements the other user may have gone again: then it is a conflict of no name.
    if (!inserted) throw takenProblem((await findTakenConstraint(tx, user)) ?? '');
    if (awaitsPassword) {
      await this.mail.queue(tx, {
        template: 'set-password',
        to: { email, name: user.fullName },
        userId: user.id,
        tokenType: 'password_reset',
      });
    }
    return (await findUser(tx, { by: 'id', id: user.id })) ?? raise(takenProblem(''));
  }

  /**
   * Changes what says who somebody is without being what they sign in with.
   *
   * @returns what the audit log says of it; nothing where nothing changes
   * @throws Problem `phone_number_taken`, or `invalid_request` for a malformed value
   */
  async changePerson(
    tx: Transaction,
    user: User,
    { fullName, phoneNumber, metadata }: PersonInput,
    updatedBy: string,
  ): Promise<Record<string, unknown>> {
    const update = decideUpdate(user, {
      ...(fullName !== undefined && { fullName }),
      ...(phoneNumber !== undefined && { phoneNumber }),
      ...(metadata !== undefined && { metadata }),
    });
    if (update === null) return {};
    try {
      await updateUser(tx, user.id, { ...update.changes, updatedBy });
    } catch (error) {
      const constraint = violatedUniqueConstraint(error);
      throw constraint === null ? error : takenProblem(constraint, error);
    }
    return update.record;
  }

  /** Whether a change of a person can be written at all. @throws Problem `invalid_request` naming every malformed value */
  requireWellFormed({ fullName, phoneNumber }: PersonInput): void {
    readProfile({
      ...(fullName !== undefined && { fullName }),
      ...(phoneNumber !== undefined && { phoneNumber }),
    });
  }

  /** What a new person says of themselves, in canonical forms. @throws Problem `invalid_request` */
  readProfile(input: ProfileInput): Profile {
    return readNewProfile(input);
  }

  /** By what people sign in with: an e-mail address or a user name, in whatever spelling. */
  async findByIdentifier(tx: Transaction, identifier: string): Promise<User | null> {
    const reference = readIdentifier(identifier);
    return reference === null ? null : findUser(tx, reference);
  }

  /** By what a path names a user with: an id, an e-mail address or a user name. */
  async findByReference(tx: Transaction, text: string): Promise<User | null> {
    const reference = readReference(text);
    return reference === null ? null : findUser(tx, reference);
  }
}
