/** Why somebody could not come by a provider, for whoever has to mend it: what happened, and what to do. */
export const upstreamFailures = {
  upstream_denied: [
    'The provider says that access was denied: the person declined, or may not use this application there.',
    'Try again. If it stays, look at the provider who may use the application.',
  ],
  upstream_error: [
    'The provider refused the request and sent the person back with an error.',
    'The step shows the code and the words of the provider. Usually the application is registered there with other settings than here.',
  ],
  upstream_unreachable: [
    'The provider could not be reached.',
    'Check its address and certificate. Private addresses are called only if the operator allows them (OUTBOUND_ALLOWED_RANGES).',
  ],
  upstream_slow: [
    'The provider did not answer within three seconds.',
    'Look at the status page of the provider. Everybody else signs in as before.',
  ],
  upstream_broken: [
    'The provider answered that it has failed itself (5xx), or more than a megabyte.',
    'Look at the status page of the provider. Everybody else signs in as before.',
  ],
  upstream_paused: [
    'The provider has failed several times in a row and is not asked for half a minute.',
    'Nothing: it is tried again by itself. The attempts before this one say what was wrong.',
  ],
  upstream_unreadable: [
    'The answer of the provider is not what the protocol asks for.',
    'The step shows what came. Check the addresses: one may lead to a page for people.',
  ],
  discovery_wrong: [
    'The discovery document of the provider does not hold.',
    'The step says which of its fields. Compare the issuer with what the provider gives, character by character.',
  ],
  client_refused: [
    'The provider does not accept the client id or the client secret.',
    'Copy both anew from the provider; a secret may have expired there.',
  ],
  callback_refused: [
    'The provider does not accept the callback address.',
    'Register the address that is shown as callbackUrl at the provider, character by character.',
  ],
  code_refused: [
    'The provider does not accept the code that it gave out itself.',
    'Try again. If it stays, check client id, client secret and callback address.',
  ],
  token_refused: ['The provider gave no tokens.', 'The step shows the code and the words of the provider.'],
  issuer_missing: [
    'The answer does not say which provider it comes from, although this one says that it always does (RFC 9207).',
    'Try again. Whatever stands between, such as a proxy, must leave the parameter iss alone.',
  ],
  issuer_wrong: [
    'The answer comes from another provider than the one that was asked.',
    'Compare the issuer with what the provider gives. If that is right, somebody may be mixing up providers on purpose.',
  ],
  id_token_missing: [
    'The provider gave no ID token.',
    'It has to speak OpenID Connect, with the scope openid; for one that does not there is the type oauth2.',
  ],
  id_token_unreadable: ['The ID token is none.', 'Ask those who run the provider.'],
  id_token_unsigned: [
    'The ID token is not signed.',
    'Let the provider sign ID tokens for this client, with RS256, PS256, ES256 or EdDSA.',
  ],
  id_token_algorithm: [
    'The ID token is signed in a way that is not taken: with a shared secret, or other than the provider announces.',
    'Let the provider sign ID tokens for this client, with RS256, PS256, ES256 or EdDSA.',
  ],
  id_token_signature: [
    'The signature of the ID token does not hold against the published keys of the provider.',
    'If the provider has just changed its keys, try again in a minute. Otherwise ask those who run it.',
  ],
  id_token_audience: [
    'The ID token was made for another client.',
    'Compare the client id with the one at the provider.',
  ],
  id_token_expired: [
    'The ID token has expired, or is not valid yet.',
    'Compare the clocks of this server and of the provider.',
  ],
  id_token_incomplete: [
    'The ID token lacks something that every one has: subject, issuer, audience, times.',
    'Ask those who run the provider.',
  ],
  nonce_missing: [
    'The ID token does not bear the nonce of this sign-in.',
    'The provider must repeat the nonce; without it an old ID token could be passed off as a new one.',
  ],
  nonce_wrong: [
    'The ID token bears the nonce of another sign-in.',
    'Try again. If it stays, somebody may be passing off ID tokens on purpose.',
  ],
  subject_missing: [
    'The provider does not say who the person is.',
    'Check where the subject stands: it is the claim mapping of subject, and for OpenID Connect sub.',
  ],
  subject_mismatch: [
    'The ID token and the user info speak of different people.',
    'Ask those who run the provider.',
  ],
  tenant_refused: [
    'The person belongs to a Microsoft tenant that is not among those of this provider.',
    'Add the tenant to settings.tenants if its people may come.',
  ],
  hosted_domain_refused: [
    'The person does not belong to the Google Workspace domain of this provider.',
    'They have to choose their account of that domain.',
  ],
  state_expired: [
    'The person came back later than ten minutes after they left.',
    'They have to begin again.',
  ],
  state_used: [
    'The answer was used before: by a click on the back button, or by somebody who has seen it.',
    'They have to begin again.',
  ],
  browser_wrong: [
    'The answer came in another browser than the one that left, or that browser keeps no cookies.',
    'They have to begin again, and stay in one browser.',
  ],
  provider_mismatch: [
    'The answer came at the address of another provider.',
    'Register the callback address of this provider there.',
  ],
  provider_changed: [
    'The provider was changed or disabled here while the person was there.',
    'They have to begin again.',
  ],
  arrival_refused: [
    'The provider has said who the person is, but they may not come in that way.',
    'The step says which rule of this organization it was.',
  ],
  failed: ['Something went wrong in this server.', 'Look for the reference in its log.'],
} as const satisfies Record<string, readonly [why: string, advice: string]>;

export type UpstreamFailureCode = keyof typeof upstreamFailures;

/** Where it went wrong, in words that administrators read; no secret, and nothing of the network's inside. */
export class UpstreamFailure extends Error {
  constructor(
    readonly code: UpstreamFailureCode,
    readonly explanation: string | null = null,
    options: ErrorOptions = {},
  ) {
    super(explanation ?? upstreamFailures[code][0], options);
  }

  /** Whether the provider itself is in trouble, which says nothing about this person. */
  get isOutage(): boolean {
    return outages.has(this.code);
  }
}

const outages: ReadonlySet<UpstreamFailureCode> = new Set([
  'upstream_unreachable',
  'upstream_slow',
  'upstream_broken',
  'upstream_paused',
]);
