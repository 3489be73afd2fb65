import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  DynamicRegistrations,
  type SelfRegistered,
} from '../../applications/dynamic-registrations.service.js';
import type { Anonymous } from '../../platform/access/actor.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { PublicAddresses } from '../../platform/http/public-addresses.js';
import { Problem } from '../../platform/problems/problem.js';
import type { Issuer } from '../issuer.types.js';
import { Issuers } from '../issuers.service.js';
import {
  describeMetadata,
  errorOf,
  type MetadataError,
  readMetadata,
  typeOf,
} from './client-metadata.rules.js';

interface Registration {
  readonly issuer: Issuer;
  readonly caller: Anonymous;
  readonly token: string;
  readonly metadata: Record<string, unknown>;
  readonly clientId: string;
}

type Answer = { readonly status: number; readonly body?: object } | null;

const longestToken = 512;

/**
 * Applications that register themselves (RFC 7591, RFC 7592), behind a token. Not the engine's: what an application may say
 * of itself is decided where applications are.
 */
export function installRegistration(scope: FastifyInstance, app: NestFastifyApplication): void {
  const registrations = app.get(DynamicRegistrations, { strict: false });
  const addresses = app.get(PublicAddresses);
  const within = <T>({ id }: Issuer, work: (tx: Transaction) => Promise<T>) =>
    app.get(Database).forOrganization(id, work);

  const described = (
    issuer: Issuer,
    { application, clientSecret, registrationAccessToken }: SelfRegistered,
  ) => ({
    ...describeMetadata(application),
    ...(clientSecret !== null && { client_secret: clientSecret, client_secret_expires_at: 0 }),
    registration_access_token: registrationAccessToken,
    registration_client_uri: `${addresses.issuer(issuer.slug)}/reg/${application.id}`,
  });

  const create = async ({ issuer, caller, token, metadata }: Registration): Promise<Answer> => {
    const description = readMetadata(metadata);
    if ('error' in description) return refusal(description);
    const registered = await within(issuer, (tx) =>
      registrations.registerDynamically(tx, caller, token, typeOf(metadata), description),
    );
    return registered && { status: 201, body: described(issuer, registered) };
  };

  const read = async ({ issuer, token, clientId }: Registration): Promise<Answer> => {
    const application = await within(issuer, (tx) => registrations.findDynamic(tx, clientId, token));
    if (application === null) return null;
    const registered = { application, clientSecret: null, registrationAccessToken: token };
    return { status: 200, body: described(issuer, registered) };
  };

  const update = async ({ issuer, caller, token, metadata, clientId }: Registration): Promise<Answer> => {
    const description = readMetadata(metadata);
    if ('error' in description) return refusal(description);
    if (metadata['client_id'] !== clientId)
      return refusal({
        error: 'invalid_client_metadata',
        description: 'client_id must be that of the address',
      });
    const updated = await within(issuer, (tx) =>
      registrations.updateDynamic(tx, caller, clientId, token, description),
    );
    return (
      updated && { status: 200, body: described(issuer, { ...updated, registrationAccessToken: token }) }
    );
  };

  const remove = async ({ issuer, caller, token, clientId }: Registration): Promise<Answer> =>
    (await within(issuer, (tx) => registrations.removeDynamic(tx, caller, clientId, token)))
      ? { status: 204 }
      : null;

  const serve =
    (work: (registration: Registration) => Promise<Answer>) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const { slug, clientId = '' } = request.params as { slug: string; clientId?: string };
      const issuer = await app.get(Issuers).find(slug);
      if (issuer === null) return reply.status(404).send({ error: 'not_found' });
      const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const metadata = (request.body ?? {}) as Record<string, unknown>;
      const caller: Anonymous = { kind: 'anonymous', origin: request.origin };
      const answer =
        token === '' || token.length > longestToken
          ? null
          : await work({ issuer, caller, token, metadata, clientId }).catch(refusalOf);
      if (answer === null)
        return reply
          .status(401)
          .header('www-authenticate', `Bearer realm="${addresses.issuer(slug)}", error="invalid_token"`)
          .send({ error: 'invalid_token', error_description: 'the token does not hold' });
      return reply.status(answer.status).send(answer.body);
    };

  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    const metadata = parsed(String(body));
    done(
      metadata === null ? Object.assign(new Error('no JSON object'), { statusCode: 400 }) : null,
      metadata,
    );
  });
  scope.setErrorHandler((error, _request, reply) => {
    const { statusCode = 500 } = error as { statusCode?: number };
    if (statusCode >= 500) throw error;
    return reply
      .status(statusCode)
      .send({ error: 'invalid_client_metadata', error_description: 'must be a JSON object' });
  });
  scope.post('/o/:slug/reg', serve(create));
  scope.get('/o/:slug/reg/:clientId', serve(read));
  scope.put('/o/:slug/reg/:clientId', serve(update));
  scope.delete('/o/:slug/reg/:clientId', serve(remove));
}

const refusal = ({ error, description }: MetadataError): Answer => ({
  status: 400,
  body: { error, error_description: description },
});

/** What the rules of applications say, in the words of RFC 7591. */
function refusalOf(error: unknown): Answer {
  if (!(error instanceof Problem) || error.kind.status >= 500) throw error;
  const [first] = error.errors ?? [];
  return first === undefined
    ? refusal({ error: 'invalid_client_metadata', description: error.detail ?? error.kind.title })
    : refusal(errorOf(first.pointer, first.detail));
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
