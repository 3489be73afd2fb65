/** The secret that comes with a request, as far as it can be told before the engine judges it; only to read it with the application. */
export function presentedSecret(parameter: unknown, authorization: string | undefined): string | null {
  if (typeof parameter === 'string' && parameter !== '') return parameter;
  const encoded = /^basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const pair = Buffer.from(encoded, 'base64').toString();
  const secret = pair.slice(pair.indexOf(':') + 1).replaceAll('+', ' ');
  try {
    return pair.includes(':') && secret !== '' ? decodeURIComponent(secret) : null;
  } catch {
    return null;
  }
}
