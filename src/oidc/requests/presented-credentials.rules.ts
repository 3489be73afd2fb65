interface Credentials {
  readonly clientId: string | null;
  readonly secret: string | null;
}

/**
 * Who an application says that it is, and the secret that comes with it, as far as that can be told before the engine
 * judges it; only to read both with the rest of what the request names.
 */
export function presentedCredentials(
  fields: (name: string) => string | null,
  authorization: string | undefined,
): Credentials {
  const encoded = /^basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '')?.[1];
  if (encoded !== undefined) {
    const pair = Buffer.from(encoded, 'base64').toString();
    const colon = pair.indexOf(':');
    if (colon !== -1)
      return { clientId: decoded(pair.slice(0, colon)), secret: decoded(pair.slice(colon + 1)) };
  }
  return {
    clientId: fields('client_id') ?? subjectOf(fields('client_assertion')),
    secret: fields('client_secret'),
  };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' ')) || null;
  } catch {
    return null;
  }
}

/** Of an assertion whose signature nobody has looked at. */
function subjectOf(assertion: string | null): string | null {
  try {
    const payload = Buffer.from(assertion?.split('.')[1] ?? '', 'base64url').toString();
    const { sub } = JSON.parse(payload) as { sub?: unknown };
    return typeof sub === 'string' ? sub : null;
  } catch {
    return null;
  }
}
