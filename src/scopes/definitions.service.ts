import { Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { violatedUniqueConstraint } from '../platform/database/database-errors.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Problem, type ProblemKind } from '../platform/problems/problem.js';
import {
  countDefinitions,
  type Definition,
  lockDefinitions,
  undefinedClaims,
} from './custom-scopes.queries.js';
import { sharedClaims } from './names.rules.js';
import { reservedScopeProblem, tooManyProblem, unknownClaimProblem } from './scopes.problems.js';
import { standardScopes } from './scopes.types.js';

/** What everything that an organization defines here has in common. */
@Injectable()
export class Definitions {
  constructor(private readonly accessControl: AccessControl) {}

  /** Makes others wait who define something. @throws Problem `limit_reached` */
  async begin(tx: Transaction, table: Definition, most: number, what: string): Promise<void> {
    await lockDefinitions(tx);
    if ((await countDefinitions(tx, table)) >= most) throw tooManyProblem(most, what);
  }

  /** Names of scopes that the protocol and the product have are not free. @throws Problem `reserved_scope` */
  requireFreeScopes(names: readonly string[]): void {
    const product = this.accessControl.productPermissions(true).map(({ name }) => name);
    const taken = new Set<string>([...standardScopes, ...product]);
    // Permissions to come: a scope that means one thing today would mean another one then.
    const resources = new Set(product.map((name) => name.slice(0, name.indexOf(':'))));
    for (const name of names) {
      if (taken.has(name)) throw reservedScopeProblem(`${name} is a scope of the protocol or of the product`);
      const [resource = ''] = name.split(':');
      if (name.includes(':') && resources.has(resource))
        throw reservedScopeProblem(
          `${name} would look like a permission of the product: ${resource}:… is its own`,
        );
    }
  }

  /** @throws Problem `unknown_claim` */
  async requireKnownClaims(tx: Transaction, names: readonly string[]): Promise<void> {
    const own = names.filter((name) => !sharedClaims.has(name));
    const [unknown] = own.length === 0 ? [] : await undefinedClaims(tx, own);
    if (unknown !== undefined) throw unknownClaimProblem(unknown);
  }
}

/** Turns the unique constraint of a name into its problem. */
export async function requireFreeName<T>(
  write: Promise<T>,
  constraint: string,
  taken: ProblemKind,
): Promise<T> {
  try {
    return await write;
  } catch (cause) {
    throw violatedUniqueConstraint(cause) === constraint ? new Problem(taken, { cause }) : cause;
  }
}
