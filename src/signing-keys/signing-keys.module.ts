import { Module } from '@nestjs/common';
import { PoliciesModule } from '../policies/policies.module.js';
import { SigningKeyAdministration } from './signing-key-administration.service.js';
import { SigningKeyChanges } from './signing-key-changes.service.js';
import { SigningKeyRotation } from './signing-key-rotation.service.js';
import { SigningKeysController } from './signing-keys.controller.js';
import { SigningKeys } from './signing-keys.service.js';

/**
 * The keys that an organization signs tokens with: made at first need, replaced by the clock without one failed
 * verification, gone at once in an emergency. Private halves are sealed, and destroyed when a key retires.
 */
@Module({
  imports: [PoliciesModule],
  controllers: [SigningKeysController],
  providers: [SigningKeys, SigningKeyChanges, SigningKeyRotation, SigningKeyAdministration],
  exports: [SigningKeys],
})
export class SigningKeysModule {}
