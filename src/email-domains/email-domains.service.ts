import { Injectable } from '@nestjs/common';
import type { Transaction } from '../platform/database/transaction.js';
import { canonicalEmail } from '../users/identifiers.rules.js';
import { findProviderOfDomain } from './email-domains.queries.js';

/** Where people sign in whose address is of the organization's own. */
@Injectable()
export class EmailDomains {
  /** The id of the provider that is there for the domain of an address; null for all other addresses. */
  async providerFor(tx: Transaction, email: string): Promise<string | null> {
    return (await this.routeOf(tx, email))?.id ?? null;
  }

  /**
   * The same for whatever somebody has typed. It says nothing about anybody: all addresses of a domain go the same way.
   */
  async routeOf(tx: Transaction, typed: string): Promise<{ id: string; name: string } | null> {
    const email = canonicalEmail(typed);
    return email === null ? null : findProviderOfDomain(tx, email.slice(email.indexOf('@') + 1));
  }
}
