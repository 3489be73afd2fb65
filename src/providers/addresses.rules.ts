import { isHttpsAddress } from '../platform/addresses/https-address.rules.js';

/** On the machine of a developer. Whether it is called at all is decided where requests are made. */
export function isPlainLocalAddress(text: string): boolean {
  if (/[\s\\\p{C}]/u.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return protocol === 'http:' && isLocal && username === '' && password === '';
}

/** Of an address that we call, or send people to; null where nothing is wrong with it. */
export function addressError(text: string, isDevelopment: boolean): string | null {
  if (text.length > 2_000) return 'must not be longer than 2000 characters';
  if (!isHttpsAddress(text) && !(isDevelopment && isPlainLocalAddress(text)))
    return 'must be an https address without a user';
  return text.includes('#') ? 'must have no fragment' : null;
}
