import { Database } from '../../platform/database/database.js';
import type { Actor } from '../../platform/access/actor.js';
import type { InteractionSession } from '../../oidc/oidc-interactions.service.js';
import { Sessions } from '../../sessions/sessions.service.js';
import type { SignInVisit } from './sign-in-visit.js';

/** What an application is told of a living session. */
export async function sessionFactsOf(
  { services }: SignInVisit,
  { organization, credentialId: id, userId }: Actor,
): Promise<InteractionSession | null> {
  const session = await services
    .get(Database)
    .forOrganization(organization.id, (tx) => services.get(Sessions).find(tx, id, userId));
  return session && { id, userId, authTime: new Date(session.authenticatedAt), methods: session.methods };
}
