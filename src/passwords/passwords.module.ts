import { Module } from '@nestjs/common';
import { PoliciesModule } from '../policies/policies.module.js';
import { KnownPasswords } from './known-passwords.js';
import { Passwords } from './passwords.service.js';

/** Passwords: long, unknown to guessers, hashed with argon2id outside transactions, replaced only by who proves the old. */
@Module({ imports: [PoliciesModule], providers: [KnownPasswords, Passwords], exports: [Passwords] })
export class PasswordsModule {}
