import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Provider } from 'oidc-provider';
import { signingAlgorithms } from '../../signing-keys/signing-keys.service.js';

const path = '/.well-known/openid-configuration';

/** What the engine would say of itself at its own address: one truth about what it can do. */
export async function discoveryOf(provider: Provider): Promise<Record<string, unknown>> {
  const { host, protocol, pathname } = new URL(provider.issuer);
  const request: IncomingMessage & { baseUrl?: string } = new IncomingMessage(new Socket());
  request.method = 'GET';
  request.url = path;
  request.baseUrl = pathname;
  request.headers = { host, 'x-forwarded-proto': protocol.slice(0, -1) };
  const response = new ServerResponse(request);
  const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>();
  response.end = ((text: string) =>
    resolve({
      ...(JSON.parse(text) as Record<string, unknown>),
      // The engine names those that it has keys for; the others' are made once an application wants them. RS256 has to be
      // among them (OpenID Connect Discovery 1.0, section 3).
      id_token_signing_alg_values_supported: [...signingAlgorithms],
    })) as never;
  await provider.callback()(request, response);
  return promise;
}
