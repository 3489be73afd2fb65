import { contextClassOf } from '../session/authentication-context.rules.js';
import type { Interaction, InteractionSession } from '../oidc-interaction.types.js';
import type { InteractionPayload } from './interactions.queries.js';

type Result = Readonly<Record<string, unknown>>;

/** As after signing in, perhaps as another person: then what the first one said is void. */
export function signedIn(
  payload: InteractionPayload,
  session: InteractionSession,
  isProven: boolean,
): InteractionPayload {
  const acr = contextClassOf(session.methods);
  const amr = [...session.methods];
  const { consent, ...before } = payload.lastSubmission ?? {};
  const isSamePerson = payload.session?.accountId === session.userId;
  const login = {
    accountId: session.userId,
    ts: Math.floor(session.authTime.getTime() / 1_000),
    amr,
    acr,
  };
  return {
    ...payload,
    session: { accountId: session.userId, uid: session.id, cookie: session.id, acr, amr },
    result: {
      ...before,
      ...(isSamePerson && consent !== undefined && { consent }),
      // Whoever is asked for two things at once has answered both by signing in; not what an application may do.
      ...(payload.prompt.name !== 'consent' && { [payload.prompt.name]: {} }),
      ...(isProven && { login }),
    },
  };
}

export function consented(payload: InteractionPayload, grantId: string): InteractionPayload {
  return { ...payload, result: { ...payload.lastSubmission, consent: { grantId } } };
}

export function refused(payload: InteractionPayload, error: string, description: string): InteractionPayload {
  const result: Result = { error, error_description: description };
  return { ...payload, result };
}

const textOf = (params: Result, name: string): string | null => {
  const value = params[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

/** What pages want to know beside application, scopes and resources. */
export function hintsOf(
  payload: InteractionPayload,
): Pick<
  Interaction,
  | 'reasons'
  | 'claims'
  | 'loginHint'
  | 'maxAge'
  | 'acrValues'
  | 'uiLocales'
  | 'redirectUri'
  | 'sessionId'
  | 'prompt'
> {
  const { params, prompt, session, deviceCode } = payload;
  const maxAge = Number(textOf(params, 'max_age') ?? Number.NaN);
  return {
    prompt: prompt.name as Interaction['prompt'],
    reasons: prompt.reasons,
    claims: prompt.details.missingOIDCClaims ?? [],
    loginHint: textOf(params, 'login_hint')?.slice(0, 254) ?? null,
    maxAge: Number.isSafeInteger(maxAge) ? maxAge : null,
    acrValues: textOf(params, 'acr_values')?.split(' ') ?? [],
    uiLocales: textOf(params, 'ui_locales')?.slice(0, 200) ?? null,
    redirectUri: deviceCode === undefined ? textOf(params, 'redirect_uri') : null,
    sessionId: session?.uid ?? null,
  };
}

/** The scopes in question: those that are missing, or all where the same is asked once more. */
export function askedScopes({ params, prompt: { details } }: InteractionPayload): {
  scopes: readonly string[];
  resources: Readonly<Record<string, readonly string[]>> | null;
} {
  const { missingOIDCScope: scopes, missingOIDCClaims: claims, missingResourceScopes: resources } = details;
  if (scopes !== undefined || claims !== undefined || resources !== undefined)
    return { scopes: scopes ?? [], resources: resources ?? {} };
  return { scopes: textOf(params, 'scope')?.split(' ') ?? [], resources: null };
}

/** The APIs that the request names. */
export function resourcesOf({ params }: InteractionPayload): string[] {
  const { resource } = params;
  if (typeof resource === 'string') return [resource];
  return Array.isArray(resource) ? resource.filter((one) => typeof one === 'string') : [];
}
