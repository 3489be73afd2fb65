/** What may stand in a record as it came: words of the protocol, which name nobody and open nothing. */
const plain = new Set([
  'error',
  'error_description',
  'error_codes',
  'token_type',
  'expires_in',
  'scope',
  'iss',
  'aud',
  'azp',
  'alg',
  'kid',
  'typ',
  'exp',
  'iat',
  'nbf',
  'auth_time',
  'acr',
  'amr',
  'tid',
  'hd',
  'ver',
  'email_verified',
  'xms_edov',
  'verified',
  'primary',
  'message',
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'jwks_uri',
  'id_token_signing_alg_values_supported',
  'token_endpoint_auth_methods_supported',
  'authorization_response_iss_parameter_supported',
]);

const mostMembers = 40;
const longestText = 300;

/** The same shape with the values gone that could tell who somebody is, or open something. */
export function redact(value: unknown, name = '', depth = 0): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (Array.isArray(value))
    return depth > 3 ? '…' : value.slice(0, mostMembers).map((item) => redact(item, name, depth + 1));
  if (typeof value === 'object') {
    if (depth > 3) return '…';
    const members = Object.entries(value).slice(0, mostMembers);
    return Object.fromEntries(
      members.map(([member, inner]) => [readable(member), redact(inner, member, depth + 1)]),
    );
  }
  if (plain.has(name)) return typeof value === 'string' ? readable(value) : value;
  if (typeof value !== 'string') return `(${typeof value})`;
  if (/^[^@\s]+@[^@\s]+$/.test(value)) return `…@${readable(value.split('@')[1]!)}`;
  return `(${value.length} characters)`;
}

/** On one line, short, and storable: what a provider says is shown to administrators. */
export function readable(text: string): string {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length > longestText ? `${line.slice(0, longestText)}…` : line;
}
