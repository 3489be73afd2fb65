import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem, raiseInvalid } from '../platform/problems/problems.js';
import type { SetTokenType, TokenTypePage, TokenTypeView } from './token-types.dto.js';
import { listTokenTypes, lockTokenType, saveTokenType, type TokenTypeRow } from './token-types.queries.js';
import { type ConfigurableType, configurableTypes, findFlaws, isConfigurable } from './token-types.rules.js';

/** What an organization says of its verification tokens. It holds for tokens that are issued from then on. */
@Injectable()
export class TokenTypes {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
  ) {}

  list(actor: Actor): Promise<TokenTypePage> {
    return this.database.forOrganization(actor.organization.id, async (tx) => ({
      items: (await listTokenTypes(tx, configurableTypes)).map(tokenTypeView),
      nextCursor: null,
    }));
  }

  get(actor: Actor, type: string): Promise<TokenTypeView> {
    return this.database.forOrganization(actor.organization.id, async (tx) =>
      tokenTypeView(await this.row(tx, requireConfigurable(type))),
    );
  }

  /** @throws Problem `not_found`, `invalid_request` */
  set(actor: Actor, name: string, body: SetTokenType): Promise<TokenTypeView> {
    const type = requireConfigurable(name);
    const { lifetimeSeconds, mailTemplate = null, codeLength = null } = body;
    const settings = { lifetimeSeconds, mailTemplate, codeLength };
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      await lockTokenType(tx, type);
      const before = await this.row(tx, type);
      const flaws = findFlaws(type, settings, before.max_seconds);
      if (flaws.length > 0) raiseInvalid(flaws);
      if (
        before.lifetime_seconds === lifetimeSeconds &&
        before.mail_template === mailTemplate &&
        before.code_length === codeLength
      )
        return tokenTypeView(before);
      await saveTokenType(tx, type, settings, actor.userId);
      const from = {
        lifetimeSeconds: before.lifetime_seconds,
        mailTemplate: before.mail_template,
        codeLength: before.code_length,
      };
      const target = { type: 'verification_token_type', id: type };
      await this.audit.record(tx, actor, 'verification_token_type.changed', target, { from, to: settings });
      return tokenTypeView(await this.row(tx, type));
    });
  }

  private async row(tx: Transaction, type: ConfigurableType): Promise<TokenTypeRow> {
    const [row] = await listTokenTypes(tx, [type]);
    return row ?? raise(notFoundProblem());
  }
}

function requireConfigurable(type: string): ConfigurableType {
  return isConfigurable(type) ? type : raise(notFoundProblem());
}

function tokenTypeView(row: TokenTypeRow): TokenTypeView {
  return {
    type: row.type,
    lifetimeSeconds: row.lifetime_seconds ?? row.default_seconds,
    maxLifetimeSeconds: row.max_seconds,
    mailTemplate: row.mail_template ?? row.default_template,
    codeLength: row.code_length,
    isDefault: row.updated_at === null,
    updatedAt: row.updated_at?.toISOString() ?? null,
    updatedBy: row.updated_by,
  };
}
