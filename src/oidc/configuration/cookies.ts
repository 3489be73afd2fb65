import type { IssuerParts } from './issuer-parts.js';

/** The engine's own cookies lead back to an interaction and are signed by nobody: what they name is random. */
export function cookiesConfiguration({ services }: IssuerParts) {
  const secure = services.addresses.isSecure;
  return {
    enableHttpPostMethods: true,
    cookies: {
      names: { session: 'tenantry-engine', interaction: 'tenantry-interaction', resume: 'tenantry-resume' },
      // Never set; the engine takes POST at the authorization endpoint with such a session cookie only.
      long: { signed: false, httpOnly: true, secure, sameSite: 'none', path: '/' },
      short: { signed: false, httpOnly: true, secure, sameSite: 'lax' },
    },
  };
}
