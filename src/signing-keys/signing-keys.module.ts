import { Module } from '@nestjs/common';
import { SigningKeys } from './signing-keys.service.js';

/**
 * The keys that an organization signs tokens with: made at first need, replaced by the clock without one failed
 * verification, gone at once in an emergency. Private halves are sealed, and destroyed when a key retires.
 */
@Module({ providers: [SigningKeys], exports: [SigningKeys] })
export class SigningKeysModule {}
