import type { Context } from 'oidc-provider';
import { show } from '../pages/shown-pages.js';

interface Failure {
  readonly error: string;
  readonly error_description?: string;
}

/** Everything that people see is made elsewhere. */
export function pagesConfiguration() {
  return {
    renderError(ctx: Context, failure: Failure) {
      show(ctx, { kind: 'error', code: failure.error, description: failure.error_description ?? null });
    },
  };
}
