import type { Context, Interaction } from 'oidc-provider';
import { engine } from '../engine.js';
import { asksNobody } from '../store/application-metadata.rules.js';
import type { IssuerParts } from './issuer-parts.js';

/** When people are asked for something, and where. */
export function interactionsConfiguration({ issuer, services }: IssuerParts) {
  return {
    interactions: {
      policy: policy(),
      url: (_ctx: Context, { uid, prompt }: Interaction) =>
        services.addresses.interaction(issuer.slug, prompt.name === 'consent' ? 'consent' : 'sign-in', uid),
    },
    loadExistingGrant: (ctx: Context) => services.grants.of(ctx, issuer),
  };
}

/**
 * `create` (OpenID Connect Prompt Create 1.0) and `select_account` lead to the pages of signing in; once something came of
 * them, nothing is asked again.
 */
function policy() {
  const { base, Check, Prompt } = engine().interactionPolicy;
  const prompts = base();
  prompts.add(new Prompt({ name: 'create', requestable: true }), 0);
  prompts.add(new Prompt({ name: 'select_account', requestable: true }), 0);
  const { checks } = prompts.get('consent');
  checks.remove('native_client_prompt');
  // Anybody on the device can pose as a native application (RFC 8252, section 8.6), so that one asks each time, unless it
  // is the organization's own.
  checks.add(
    new Check(
      'native_application',
      'native applications require interaction',
      'interaction_required',
      (ctx) => {
        const { client, result } = ctx.oidc;
        return client!.applicationType === 'native' && !asksNobody(client!) && result?.consent === undefined;
      },
    ),
  );
  return prompts;
}
