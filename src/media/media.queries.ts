import type { Transaction } from '../platform/database/transaction.js';
import { Media } from './media.entity.js';

export type NewMedia = Pick<
  Media,
  'id' | 'kind' | 'userId' | 'size' | 'width' | 'height' | 'contentHash' | 'storageKey' | 'createdBy'
> &
  Partial<Pick<Media, 'applicationId'>>;

/** Puts an object that is about to be written on the list of those that have to go, unless it is kept in time. */
export async function announceObject(tx: Transaction, storageKey: string): Promise<void> {
  await tx.query('select announce_media_object($1)', [storageKey]);
}

/** Takes it off the list. False when it was announced too long ago to be still there. */
export async function keepObject(tx: Transaction, storageKey: string): Promise<boolean> {
  const row = await tx.queryOne<{ kept: boolean }>('select keep_media_object($1) as kept', [storageKey]);
  return row!.kept;
}

export async function insertMedia(tx: Transaction, media: NewMedia): Promise<void> {
  await tx.manager.insert(Media, { orgId: tx.organizationId, ...media } as never);
}

/** Makes this the user's picture, and takes away those from before; their objects follow by the trigger. */
export async function setPicture(
  tx: Transaction,
  userId: string,
  mediaId: string,
  by: string,
): Promise<void> {
  await tx.query(
    `insert into user_profiles (org_id, user_id, picture_media_id, updated_by) values ($1, $2, $3, $4)
     on conflict (org_id, user_id) do update
       set picture_media_id = excluded.picture_media_id, updated_by = excluded.updated_by`,
    [tx.organizationId, userId, mediaId, by],
  );
  await tx.query(`delete from media where org_id = $1 and user_id = $2 and kind = 'picture' and id <> $3`, [
    tx.organizationId,
    userId,
    mediaId,
  ]);
}

/** Null for a user who is no more; the others are locked, so that of two pictures one comes first. */
export async function hasPicture(tx: Transaction, userId: string): Promise<boolean | null> {
  const row = await tx.queryOne<{ has_picture: boolean }>(
    `select p.picture_media_id is not null as has_picture from user_profiles p
      where p.org_id = $1 and p.user_id = $2 for update`,
    [tx.organizationId, userId],
  );
  return row?.has_picture ?? null;
}

/** @returns whether there was one */
export async function deletePicture(tx: Transaction, userId: string): Promise<boolean> {
  const deleted = await tx.query(
    `delete from media where org_id = $1 and user_id = $2 and kind = 'picture' returning 1`,
    [tx.organizationId, userId],
  );
  return deleted.length > 0;
}

/** Changes of the logo come one after the other. */
export async function lockLogo(tx: Transaction): Promise<void> {
  await tx.query('select 1 from organizations where id = $1 for no key update', [tx.organizationId]);
}

/** @returns whether there was one */
export async function deleteLogo(tx: Transaction): Promise<boolean> {
  const deleted = await tx.query(`delete from media where org_id = $1 and kind = 'logo' returning 1`, [
    tx.organizationId,
  ]);
  return deleted.length > 0;
}

/** @returns whether there was one */
export async function deleteApplicationLogo(tx: Transaction, applicationId: string): Promise<boolean> {
  const deleted = await tx.query('delete from media where org_id = $1 and application_id = $2 returning 1', [
    tx.organizationId,
    applicationId,
  ]);
  return deleted.length > 0;
}

/** The ids of the pictures that these users show. */
export function findPictures(
  tx: Transaction,
  userIds: readonly string[],
): Promise<{ user_id: string; media_id: string }[]> {
  return tx.query(
    `select user_id, picture_media_id as media_id from user_profiles
      where org_id = $1 and user_id = any($2) and picture_media_id is not null`,
    [tx.organizationId, userIds],
  );
}

export function findLogo(tx: Transaction): Promise<{ media_id: string } | null> {
  return tx.queryOne(`select id as media_id from media where org_id = $1 and kind = 'logo'`, [
    tx.organizationId,
  ]);
}

/** What is behind a link, while its organization is active. */
export function findServedMedia(
  tx: Transaction,
  mediaId: string,
): Promise<{ storage_key: string; content_hash: Buffer } | null> {
  return tx.queryOne(
    `select m.storage_key, m.content_hash from media m join organizations o on o.id = m.org_id
      where m.org_id = $1 and m.id = $2 and o.status = 'active'`,
    [tx.organizationId, mediaId],
  );
}

/** Keys of objects that are due to go, for this caller alone for a while. */
export async function takeDeletions(tx: Transaction, limit: number): Promise<string[]> {
  const rows = await tx.query<{ key: string }>('select key from take_media_deletions($1) as key', [limit]);
  return rows.map(({ key }) => key);
}

export async function finishDeletions(tx: Transaction, storageKeys: readonly string[]): Promise<void> {
  await tx.query('select finish_media_deletions($1)', [storageKeys]);
}
