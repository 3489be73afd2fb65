import type { Context } from 'oidc-provider';

/** The engine calls nothing a text; a common browser client then tries to read it, and throws. */
export async function answerWithoutBody(ctx: Context, next: () => Promise<void>): Promise<void> {
  await next();
  if (ctx.body === '') ctx.remove('content-type');
}
