import { Injectable } from '@nestjs/common';
import { Keyring } from '../platform/crypto/keyring.js';

/** What has to be read back, each sealed for the row that it lies in. */
@Injectable()
export class ProviderSecrets {
  constructor(private readonly keyring: Keyring) {}

  sealClientSecret(organizationId: string, providerId: string, secret: string): Buffer {
    return this.keyring.seal(placeOf('oauth_providers', organizationId, providerId), Buffer.from(secret));
  }

  openClientSecret(organizationId: string, providerId: string, sealed: Buffer): string {
    return this.keyring.open(placeOf('oauth_providers', organizationId, providerId), sealed).toString();
  }

  sealSignIn(organizationId: string, id: string, secrets: SignInSecrets): Buffer {
    const clear = Buffer.from(JSON.stringify(secrets));
    return this.keyring.seal(placeOf('provider_sign_ins', organizationId, id), clear);
  }

  openSignIn(organizationId: string, id: string, sealed: Buffer): SignInSecrets {
    const clear = this.keyring.open(placeOf('provider_sign_ins', organizationId, id), sealed);
    return JSON.parse(clear.toString()) as SignInSecrets;
  }
}

export interface SignInSecrets {
  readonly nonce: string;
  readonly verifier: string;
}

const placeOf = (table: string, organizationId: string, id: string): string =>
  `${table}:${organizationId}:${id}`;
