import type { FastifyRequest } from 'fastify';
import { Principals } from '../../platform/access/principals.js';
import type { Actor } from '../../platform/access/actor.js';
import { Database } from '../../platform/database/database.js';
import { SessionCookies } from '../../platform/http/session-cookies.js';
import { Profiles } from '../../profiles/profiles.service.js';
import { UserAccounts } from '../../users/user-accounts.service.js';
import type { Services } from '../hosted-page.js';
import type { Visit } from '../visit.js';

export type Profile = Awaited<ReturnType<Profiles['get']>>;

/** Whose account it is: somebody who is signed in to this organization in this browser. */
export interface AccountHolder {
  readonly actor: Actor;
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  readonly pendingEmail: string | null;
  readonly username: string | null;
  readonly hasPassword: boolean;
  readonly passwordChangedAt: Date | null;
  readonly createdAt: Date;
  readonly profile: Profile;
}

const found = new WeakMap<FastifyRequest, Promise<AccountHolder | null>>();

/** Null for whoever is not signed in here; read once a request. */
export function accountHolderOf(services: Services, visit: Visit): Promise<AccountHolder | null> {
  const { request } = visit;
  let holder = found.get(request);
  if (holder === undefined) found.set(request, (holder = readHolder(services, visit)));
  return holder;
}

/** The session of the organization whose page it is, which the cookie's name says and its token has to say as well. */
export async function signedInActor(
  services: Services,
  { request, organization }: Visit,
): Promise<Actor | null> {
  const credential = services.get(SessionCookies).read(request, organization.slug);
  const actor = credential === null ? null : await services.get(Principals).find(credential, request.origin);
  return actor?.kind === 'session' && actor.organization.id === organization.id ? actor : null;
}

async function readHolder(services: Services, visit: Visit): Promise<AccountHolder | null> {
  const actor = await signedInActor(services, visit);
  if (actor === null) return null;
  const user = await services
    .get(Database)
    .forOrganization(actor.organization.id, (tx) =>
      services.get(UserAccounts).findByReference(tx, actor.userId),
    );
  if (user === null) return null;
  return {
    actor,
    email: user.email,
    isEmailVerified: user.emailVerifiedAt !== null,
    pendingEmail: user.pendingEmail,
    username: user.username,
    hasPassword: user.passwordHash !== null,
    passwordChangedAt: user.passwordChangedAt,
    createdAt: user.createdAt,
    profile: await services.get(Profiles).get(actor, actor.userId),
  };
}
