import type { ApplicationType } from './application.types.js';

/*
 * Addresses are compared character by character, so each is taken in one spelling only: the one that a browser makes of
 * it. What a browser would read differently from what somebody registered is refused.
 */

const longest = 2_000;
const loopbackHosts = ['127.0.0.1', '[::1]', 'localhost'];

/** Hosts of one's own machine, on which nobody else listens (RFC 8252, section 7.3). */
export const isLoopback = (url: URL): boolean => loopbackHosts.includes(url.hostname);

/** What is wrong with an address that people are sent to, or null. @param isDevelopment whether `http` on one's own machine will do */
export function redirectUriError(uri: string, type: ApplicationType, isDevelopment: boolean): string | null {
  const wrong = spellingError(uri);
  if (wrong !== null) return wrong;
  const url = new URL(uri);
  if (uri.includes('#')) return 'must not have a fragment';
  if (url.protocol === 'https:') return hostError(url);
  if (url.protocol === 'http:') {
    if (!isLoopback(url)) return 'must be https';
    return type === 'native' || isDevelopment ? null : 'must be https; http is for native applications only';
  }
  if (type !== 'native') return 'must be https';
  // RFC 8252, section 7.1. Without the dot this would be javascript:, data:, file: and their like.
  if (!/^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(url.protocol))
    return 'must be https, http on a loopback address, or a scheme made of a domain, such as com.example.app:/callback';
  return uri.charAt(url.protocol.length) === '/' ? null : 'must have a path that begins with /';
}

/** What is wrong with an address that this server or a browser calls in passing, or null. */
export function httpsAddressError(uri: string, isDevelopment: boolean): string | null {
  const wrong = spellingError(uri);
  if (wrong !== null) return wrong;
  const url = new URL(uri);
  if (uri.includes('#')) return 'must not have a fragment';
  if (url.protocol === 'https:') return hostError(url);
  return url.protocol === 'http:' && isLoopback(url) && isDevelopment ? null : 'must be https';
}

/** What is wrong with an origin for CORS, or null. */
export function originError(origin: string, isDevelopment: boolean): string | null {
  if (origin.length > longest || !URL.canParse(origin) || new URL(origin).origin !== origin)
    return 'must be an origin in lower case, such as https://app.example.com, without a path';
  return httpsAddressError(`${origin}/`, isDevelopment);
}

/** What is wrong with the host under which pairwise subjects are made, or null. */
export function sectorError(host: string): string | null {
  const fits =
    host.length <= 253 && URL.canParse(`https://${host}`) && new URL(`https://${host}`).host === host;
  return fits ? hostError(new URL(`https://${host}`)) : 'must be a host in lower case, such as example.com';
}

/**
 * Whether an application registered this address. Equal means equal; the port of a native application on its own machine
 * is chosen when it starts (RFC 8252, section 7.3).
 */
export function isRegisteredUri(registered: readonly string[], type: ApplicationType, uri: string): boolean {
  if (registered.includes(uri)) return true;
  if (type !== 'native' || redirectUriError(uri, 'native', false) !== null) return false;
  const url = new URL(uri);
  if (url.protocol !== 'http:') return false;
  return registered.some((other) => {
    const known = new URL(other);
    return (
      known.protocol === 'http:' &&
      known.hostname === url.hostname &&
      known.pathname === url.pathname &&
      known.search === url.search
    );
  });
}

function spellingError(uri: string): string | null {
  if (uri.length > longest) return `must not have more than ${longest} characters`;
  // Browsers drop tabs and line ends, and take \\ for /.
  if (!/^[\x21-\x7e]+$/.test(uri) || /[\\<>"`{}|^]/.test(uri))
    return 'must be an absolute address, with what is not ASCII or has a meaning in it percent-encoded';
  if (!URL.canParse(uri)) return 'must be an absolute address';
  const url = new URL(uri);
  if (url.username !== '' || url.password !== '' || /^[^/?#]*\/\/[^/?#]*@/.test(uri))
    return 'must not have a user';
  if (uri.includes('*')) return 'must not have a wildcard';
  const { href } = url;
  if (href !== uri && href !== `${uri}/`) return `must be in the one spelling that browsers use: ${href}`;
  return null;
}

/** A dot at the end is another spelling of the same host. */
const hostError = ({ hostname }: URL): string | null =>
  hostname === '' || hostname.endsWith('.') ? 'must name a host' : null;
