import { Global, Module } from '@nestjs/common';
import { CONFIG } from '../config/config.js';
import type { Config } from '../config/settings.js';
import { HashGate } from './hash-gate.js';
import { Keyring } from './keyring.js';
import { PasswordHasher } from './password-hasher.js';

/** Keys, hashes and tokens. */
@Global()
@Module({
  providers: [
    {
      provide: Keyring,
      inject: [CONFIG],
      useFactory: ({ security }: Config) => new Keyring(security.encryptionKeys),
    },
    {
      provide: PasswordHasher,
      inject: [CONFIG],
      useFactory: ({ security, limits }: Config) =>
        new PasswordHasher(security.passwordPeppers, new HashGate(limits.hashQueue)),
    },
  ],
  exports: [Keyring, PasswordHasher],
})
export class CryptoModule {}
