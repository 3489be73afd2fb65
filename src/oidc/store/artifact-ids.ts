import { hash } from 'node:crypto';
import type { Context } from 'oidc-provider';

/**
 * Of what the engine gives out only hashes are kept. Where one artifact names another, or is found by another name, it
 * gets a handle with the hash in it instead of the id. Handles open nothing that is asked for with a secret: they hold in
 * the browser's part of a flow only, where nothing but another artifact can name them.
 */
const handlePrefix = 'h.';
const routesWithHandles = new Set(['resume', 'code_verification', 'device_resume']);

export const handleOf = (idHash: Buffer): string => handlePrefix + idHash.toString('base64url');

export const handleOfId = (id: string): string =>
  id.startsWith(handlePrefix) ? id : handleOf(hash('sha256', id, 'buffer'));

/** Null for a handle where handles hold not. */
export function hashOfId(id: string, ctx: Context | undefined): Buffer | null {
  if (!id.startsWith(handlePrefix)) return hash('sha256', id, 'buffer');
  if (ctx === undefined || !routesWithHandles.has(ctx.oidc.route)) return null;
  const idHash = Buffer.from(id.slice(handlePrefix.length), 'base64url');
  return idHash.length === 32 ? idHash : null;
}
