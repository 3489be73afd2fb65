import { isHttpsAddress } from '../../platform/addresses/https-address.rules.js';
import { isPlainLocalAddress } from '../addresses.rules.js';

/** What we need of a discovery document (OpenID Connect Discovery, section 3). */
export interface DiscoveryDocument {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly userinfo_endpoint?: string;
  readonly id_token_signing_alg_values_supported?: readonly string[];
  readonly token_endpoint_auth_methods_supported?: readonly string[];
  readonly code_challenge_methods_supported?: readonly string[];
  readonly authorization_response_iss_parameter_supported?: boolean;
}

const needed = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const;

/** What is wrong with a document, field by field; empty for nothing. */
export function checkDiscoveryDocument(
  document: unknown,
  issuers: readonly string[],
  usableAlgorithms: readonly string[],
): { field: string; detail: string }[] {
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    return [{ field: '', detail: 'is no JSON object' }];
  const fields = document as Readonly<Record<string, unknown>>;
  const wrong: { field: string; detail: string }[] = [];
  const say = (field: string, detail: string) => wrong.push({ field, detail });

  const { issuer } = fields;
  if (typeof issuer !== 'string') say('issuer', 'is missing');
  else if (!issuers.includes(issuer)) say('issuer', `is "${issuer.slice(0, 200)}", not "${issuers[0]}"`);
  for (const field of needed) if (fields[field] === undefined) say(field, 'is missing');
  for (const field of [...needed, 'userinfo_endpoint'] as const) {
    const address = fields[field];
    if (address === undefined) continue;
    const isAddress =
      typeof address === 'string' && (isHttpsAddress(address) || isPlainLocalAddress(address));
    if (!isAddress) say(field, 'is no https address');
    // Whoever stands between could read what is sent there.
    else if (address.startsWith('http:') && issuers.every((own) => own.startsWith('https:')))
      say(field, 'is not reached by https');
  }
  for (const field of lists)
    if (fields[field] !== undefined && !isTextList(fields[field])) say(field, 'is no list of texts');
  const { id_token_signing_alg_values_supported: algorithms, response_types_supported: types } = fields;
  if (isTextList(algorithms) && !algorithms.some((algorithm) => usableAlgorithms.includes(algorithm)))
    say('id_token_signing_alg_values_supported', `has none of ${usableAlgorithms.join(', ')}`);
  if (isTextList(types) && !types.includes('code')) say('response_types_supported', 'does not have "code"');
  const { code_challenge_methods_supported: challenges } = fields;
  if (isTextList(challenges) && !challenges.includes('S256'))
    say('code_challenge_methods_supported', 'does not have "S256"');
  return wrong;
}

const lists = [
  'id_token_signing_alg_values_supported',
  'response_types_supported',
  'code_challenge_methods_supported',
  'token_endpoint_auth_methods_supported',
] as const;

const isTextList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
