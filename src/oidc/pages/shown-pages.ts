import type { IncomingMessage } from 'node:http';
import type { Context } from 'oidc-provider';
import type { OidcPage } from '../oidc-pages.types.js';

const shown = new WeakMap<IncomingMessage, { page: OidcPage; status: number }>();

/** The engine says here what is to be shown; the mount shows it when the engine is done. */
export function show(ctx: Context, page: OidcPage): void {
  ctx.respond = false;
  // What is without a body yet the engine takes for not found.
  shown.set(ctx.req, { page, status: ctx.status === 404 ? 200 : ctx.status });
}

export function takeShown(request: IncomingMessage): { page: OidcPage; status: number } | undefined {
  return shown.get(request);
}
