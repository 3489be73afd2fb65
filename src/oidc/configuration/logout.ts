import type { Client, Context } from 'oidc-provider';
import type { PageApplication } from '../oidc-pages.types.js';
import { readForm } from '../pages/engine-forms.js';
import { show } from '../pages/shown-pages.js';

/**
 * OpenID Connect RP-Initiated Logout 1.0. Whoever comes with an id token of this very session and user asks for themselves;
 * everybody else is asked, since a link on any site leads here.
 */
export function logout() {
  return {
    rpInitiatedLogout: {
      enabled: true,
      logoutSource(ctx: Context, text: string) {
        const { action, fields } = readForm(text);
        const form = { action, fields };
        if (comesFromThisSession(ctx))
          show(ctx, { kind: 'continue', action, fields: Object.entries({ ...fields, logout: 'yes' }) });
        else
          show(ctx, {
            kind: 'sign-out',
            form,
            application: applicationOf(ctx.oidc.client),
            redirectUri: leadsTo(ctx),
          });
      },
      postLogoutSuccessSource(ctx: Context) {
        show(ctx, { kind: 'signed-out', application: applicationOf(ctx.oidc.client) });
      },
    },
    // Told to applications by the outbox, whatever ends a session; the engine only announces it.
    backchannelLogout: { enabled: true },
  };
}

function leadsTo({ oidc: { session } }: Context): string | null {
  const address = session?.state?.['postLogoutRedirectUri'];
  return typeof address === 'string' ? address : null;
}

const applicationOf = (client: Client | undefined): PageApplication | null =>
  client === undefined ? null : { id: client.clientId, name: client.clientName ?? client.clientId };

/** The hint has been verified by then. Its `sid` names the session as that application knows it. */
function comesFromThisSession(ctx: Context): boolean {
  const hint = ctx.oidc.entities['IdTokenHint'] as { payload: { sid?: string } } | undefined;
  const { client, session } = ctx.oidc;
  if (hint === undefined || client === undefined) return false;
  return hint.payload.sid !== undefined && hint.payload.sid === session?.sidFor(client.clientId);
}
