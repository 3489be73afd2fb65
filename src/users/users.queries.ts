import type { Transaction } from '../platform/database/transaction.js';
import type { UserReference } from './identifiers.rules.js';
import { User, type UserStatus } from './user.entity.js';
import type { UserView } from './user.view.js';

export type NewUser = Pick<
  User,
  | 'id'
  | 'email'
  | 'username'
  | 'phoneNumber'
  | 'fullName'
  | 'metadata'
  | 'passwordHash'
  | 'emailVerifiedAt'
  | 'status'
  | 'createdBy'
>;

export type UserColumns = Partial<
  Pick<
    User,
    'email' | 'pendingEmail' | 'username' | 'phoneNumber' | 'fullName' | 'metadata' | 'status' | 'updatedBy'
  >
>;

/**
 * Inserts unless a user has one of the identifiers; the transaction goes on in either case. Of two that insert the same at
 * once, the second waits for the first.
 *
 * @returns whether it was inserted
 */
export async function insertUser(tx: Transaction, user: NewUser): Promise<boolean> {
  const inserted = await tx.query(
    `insert into users (org_id, id, email, username, phone_number, full_name, metadata, password_hash,
                        password_changed_at, email_verified_at, status, created_by, updated_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8::text, case when $8::text is not null then now() end, $9, $10, $11, $11)
     on conflict do nothing returning 1`,
    [
      tx.organizationId,
      user.id,
      user.email,
      user.username,
      user.phoneNumber,
      user.fullName,
      JSON.stringify(user.metadata),
      user.passwordHash,
      user.emailVerifiedAt,
      user.status,
      user.createdBy,
    ],
  );
  return inserted.length > 0;
}

/** The unique constraint that a user with these identifiers would meet, or null. */
export async function findTakenConstraint(
  tx: Transaction,
  { email, username, phoneNumber }: Pick<NewUser, 'email' | 'username' | 'phoneNumber'>,
): Promise<string | null> {
  const taken = await tx.queryOne<{ constraint_name: string }>(
    `select case when u.email = $2 then 'users_email_taken'
                 when u.username = $3 then 'users_username_taken'
                 else 'users_phone_number_taken' end as constraint_name
       from users u
      where u.org_id = $1 and (u.email = $2 or u.username = $3 or u.phone_number = $4)
      order by u.email = $2 desc nulls last, u.username = $3 desc nulls last limit 1`,
    [tx.organizationId, email, username, phoneNumber],
  );
  return taken?.constraint_name ?? null;
}

export function findUser(tx: Transaction, reference: UserReference): Promise<User | null> {
  return tx.manager.findOneBy(User, where(tx, reference));
}

/** For update: whoever grants the user a role, or starts a session, at the same time comes before this or after. */
export function lockUser(tx: Transaction, reference: UserReference): Promise<User | null> {
  return tx.manager.findOne(User, { where: where(tx, reference), lock: { mode: 'pessimistic_write' } });
}

/**
 * Triggers do the rest, as they do for every other program: another e-mail address is pending until it is confirmed, the
 * history is written, mails are queued.
 */
export async function updateUser(tx: Transaction, id: string, changes: UserColumns): Promise<void> {
  if (changes.updatedBy) await tx.query(`select act_as($1)`, [changes.updatedBy]);
  await tx.manager.update(User, { orgId: tx.organizationId, id }, changes as never);
}

/** What belongs to the user goes with it: roles, sessions, keys, memberships. */
export async function deleteUser(tx: Transaction, id: string): Promise<void> {
  await tx.manager.delete(User, { orgId: tx.organizationId, id });
}

export interface UserSearch {
  key: string;
  descending: boolean;
  after: { value: string; id: string } | null;
  contains: string | null;
  status: UserStatus | null;
  role: string | null;
  limit: number;
}

/** A row of a page: what is shown of the user, its picture still an id. */
export interface ListedUser {
  /** The value that the page is sorted by, as text with all its digits. */
  sort_value: string;
  picture_media_id: string | null;
  shown: Omit<UserView, 'picture'>;
}

/** One page in one statement, whatever its length: round trips are most of what a list costs. */
export function searchUsers(tx: Transaction, search: UserSearch): Promise<ListedUser[]> {
  return tx.prepared<ListedUser>(
    {
      name: 'search_users',
      text: `select f.sort_value, p.picture_media_id, json_build_object(
              'id', u.id, 'email', u.email, 'emailVerified', u.email_verified_at is not null,
              'pendingEmail', u.pending_email, 'username', u.username, 'fullName', u.full_name,
              'phoneNumber', u.phone_number, 'status', u.status, 'metadata', u.metadata, 'roles', g.roles,
              'lastLoginAt', iso_time(u.last_login_at), 'createdAt', iso_time(u.created_at),
              'updatedAt', iso_time(u.updated_at), 'createdBy', u.created_by, 'updatedBy', u.updated_by,
              'version', u.version) as shown
       from search_users($2, $3, $4, $5, $6, $7, $8, $9) with ordinality f (user_id, sort_value, place)
       join users u on u.org_id = $1 and u.id = f.user_id
       left join user_profiles p on p.org_id = $1 and p.user_id = f.user_id
      cross join lateral (
        select coalesce(json_agg(json_build_object('role', r.name, 'expiresAt', iso_time(ur.expires_at)) order by r.name),
                        '[]') as roles
          from user_roles ur join roles r on r.org_id = ur.org_id and r.id = ur.role_id
         where ur.org_id = $1 and ur.user_id = f.user_id and (ur.expires_at is null or ur.expires_at > now())) g
      where $1 = current_org_id()
      order by f.place`,
    },
    [
      tx.organizationId,
      search.key,
      search.descending,
      search.after?.value ?? null,
      search.after?.id ?? null,
      search.contains,
      search.status,
      search.role,
      search.limit,
    ],
  );
}

function where(tx: Transaction, reference: UserReference) {
  const { organizationId: orgId } = tx;
  if (reference.by === 'id') return { orgId, id: reference.id };
  if (reference.by === 'email') return { orgId, email: reference.email };
  return { orgId, username: reference.username };
}
