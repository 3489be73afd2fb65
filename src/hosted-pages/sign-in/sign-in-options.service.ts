import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Policies } from '../../policies/policies.service.js';
import { type ProviderButton, Providers } from '../../providers/providers.service.js';
import { type CodeType, ShortCodes } from '../../verification/short-codes.service.js';

/** What the organization lets people do before they are signed in. */
export interface OfferedWays {
  readonly magicLink: boolean;
  readonly identifierFirst: boolean;
  /** Whether everybody can start the reset of their own password. */
  readonly reset: boolean;
  readonly signUp: 'closed' | 'invitation' | 'open';
  /** Of the addresses that may sign up; empty for any. */
  readonly domains: readonly string[];
  /** Elsewhere, where people can show who they are. */
  readonly providers: readonly ProviderButton[];
}

@Injectable()
export class SignInOptions {
  constructor(
    private readonly database: Database,
    private readonly policies: Policies,
    private readonly codes: ShortCodes,
    private readonly providers: Providers,
  ) {}

  read({ id }: { readonly id: string }): Promise<OfferedWays> {
    return this.database.forOrganization(id, async (tx) => {
      const signIn = await this.policies.read(tx, 'sign-in');
      const { reset } = await this.policies.read(tx, 'password');
      const { mode, domains } = await this.policies.read(tx, 'registration');
      const providers = await this.providers.buttonsOf(tx);
      return { ...signIn, providers, reset: reset === 'self-service', signUp: mode, domains };
    });
  }

  /** Whether mails of that kind show a code too. */
  async hasCodes({ id }: { readonly id: string }, type: CodeType): Promise<boolean> {
    return (await this.database.forOrganization(id, (tx) => this.codes.lengthOf(tx, type))) !== null;
  }
}
