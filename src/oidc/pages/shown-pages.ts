import type { IncomingMessage } from 'node:http';
import type { Context } from 'oidc-provider';
import type { OidcPage, PageForm } from '../oidc-pages.types.js';

/** A page, or a form that goes to another site by itself. */
export type ShownPage = OidcPage | { readonly kind: 'continue'; readonly form: PageForm };

const shown = new WeakMap<IncomingMessage, { page: ShownPage; status: number }>();

/** The engine says here what is to be shown; the mount shows it when the engine is done. */
export function show(ctx: Context, page: ShownPage): void {
  ctx.respond = false;
  // What is without a body yet the engine takes for not found.
  shown.set(ctx.req, { page, status: ctx.status === 404 ? 200 : ctx.status });
}

export function takeShown(request: IncomingMessage): { page: ShownPage; status: number } | undefined {
  return shown.get(request);
}
