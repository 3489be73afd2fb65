import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Applications } from '../applications/applications.service.js';
import { Audit } from '../audit/audit.service.js';
import type { Anonymous } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Scopes } from '../scopes/scopes.service.js';
import { allowedTogether, nothingAllowed } from './grants/allowance.rules.js';
import { findConsent, storeConsent } from './grants/consents.queries.js';
import { allowedBy, allowing } from './grants/grant-payload.rules.js';
import { lockGrant, updateGrant } from './grants/grants.queries.js';
import { askedOf } from './interactions/asked.rules.js';
import { consented, hintsOf, refused, signedIn } from './interactions/interaction-results.rules.js';
import {
  findInteraction,
  type InteractionPayload,
  updateInteraction,
} from './interactions/interactions.queries.js';
import type { Interaction, InteractionKey, InteractionSession } from './oidc-interaction.types.js';
import { hashOfBrowser } from './store/browser-hash.js';

export type {
  AskedResource,
  AskedScope,
  Interaction,
  InteractionKey,
  InteractionPrompt,
  InteractionSession,
} from './oidc-interaction.types.js';

type Organization = { readonly id: string };

const interactionPattern = /^[\w-]{43}$/;

/**
 * The front door for pages: who was sent here by an application, and what came of it. Each ending gives the address to send
 * the browser to (303), or null where there is no such interaction of this browser (any more).
 */
@Injectable()
export class OidcInteractions {
  constructor(
    private readonly database: Database,
    private readonly applications: Applications,
    private readonly scopes: Scopes,
    private readonly audit: Audit,
  ) {}

  /** Null for what is over, belongs to another browser, or to an application that is no more. */
  find(organization: Organization, key: InteractionKey): Promise<Interaction | null> {
    return this.within(organization, key, false, async (tx, payload) => {
      const application = await this.applications.find(tx, payload.params['client_id'] as string);
      if (application === null) return null;
      const asked = payload.prompt.name === 'consent' ? askedOf(payload, await this.scopes.read(tx)) : null;
      return {
        uid: key.uid,
        ...hintsOf(payload),
        application: {
          id: application.id,
          name: application.name,
          isFirstParty: application.consent === 'none',
          logoUrl: application.logo,
          clientUri: application.clientUri,
          policyUri: application.policyUri,
          tosUri: application.tosUri,
        },
        scopes: asked?.scopes ?? [],
        resources: asked?.resources ?? [],
      };
    });
  }

  /** Somebody has just proven who they are, in this session. */
  finishSignIn(
    organization: Organization,
    key: InteractionKey,
    session: InteractionSession,
  ): Promise<string | null> {
    return this.end(organization, key, (payload) => signedIn(payload, session, true));
  }

  /** Somebody goes on in a session that they have, without proving anything: the answer to `select_account` alone. */
  finishSelection(
    organization: Organization,
    key: InteractionKey,
    session: InteractionSession,
  ): Promise<string | null> {
    return this.end(organization, key, (payload) =>
      payload.prompt.name === 'select_account' ? signedIn(payload, session, false) : null,
    );
  }

  /** @param session that of the browser; null comes back where it is not the one that was asked */
  finishConsent(
    organization: Organization,
    key: InteractionKey,
    session: { readonly id: string; readonly userId: string },
    decision: 'granted' | 'denied',
    visitor: Anonymous,
  ): Promise<string | null> {
    return this.end(organization, key, async (payload, tx) => {
      const { prompt, session: asked, grantId, params } = payload;
      if (prompt.name !== 'consent' || asked?.uid !== session.id || grantId === undefined) return null;
      const applicationId = params['client_id'] as string;
      const target = { type: 'application', id: applicationId };
      if (decision === 'denied') {
        await this.audit.recordRefusal(tx, visitor, 'application.allowed', target, { user: session.userId });
        return refused(payload, 'access_denied', 'the person has not allowed it');
      }
      const owner = { userId: session.userId, applicationId, sessionId: session.id };
      const grant = await lockGrant(tx, grantId, owner);
      if (grant === null) return null;
      const { allowed } = askedOf(payload, await this.scopes.read(tx));
      const before = await findConsent(tx, session.userId, applicationId);
      const together = allowedTogether(before ?? nothingAllowed, allowed);
      await storeConsent(tx, session.userId, applicationId, together);
      await updateGrant(tx, grantId, allowing(grant, allowedTogether(allowedBy(grant), allowed)));
      const change = { user: session.userId, scopes: allowed.scopes, resources: allowed.resources };
      await this.audit.record(tx, visitor, 'application.allowed', target, change);
      return consented(payload, grantId);
    });
  }

  /** Ends it with an error of RFC 6749 or OpenID Connect, which the application is told. */
  abort(
    organization: Organization,
    key: InteractionKey,
    error: string,
    description: string,
  ): Promise<string | null> {
    return this.end(organization, key, (payload) => refused(payload, error, description));
  }

  private end(
    organization: Organization,
    key: InteractionKey,
    ending: (
      payload: InteractionPayload,
      tx: Transaction,
    ) => Promise<InteractionPayload | null> | InteractionPayload | null,
  ): Promise<string | null> {
    return this.within(organization, key, true, async (tx, payload) => {
      const ended = await ending(payload, tx);
      if (ended === null) return null;
      await updateInteraction(tx, hashOf(key), ended);
      return payload.returnTo.replace('{id}', key.uid);
    });
  }

  private async within<T>(
    { id }: Organization,
    key: InteractionKey,
    isChange: boolean,
    work: (tx: Transaction, payload: InteractionPayload) => Promise<T | null>,
  ): Promise<T | null> {
    const { uid, browser } = key;
    if (browser === null || !interactionPattern.test(uid)) return null;
    return this.database.forOrganization(id, async (tx) => {
      const payload = await findInteraction(tx, hashOf(key), hashOfBrowser(browser), isChange);
      return payload === null ? null : work(tx, payload);
    });
  }
}

const hashOf = ({ uid }: InteractionKey): Buffer => hash('sha256', uid, 'buffer');
