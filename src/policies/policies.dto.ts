import type { Type } from '@nestjs/common';
import { Choice, Integer, Nested, Text, TextList } from '../platform/http/properties.js';
import type {
  PasswordPolicy,
  PolicySource,
  RegistrationPolicy,
  SessionPolicy,
  SourcedPolicy,
} from './policies.rules.js';

const day = 86_400;
const roleName = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const domainName = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/;

type Options = { optional?: boolean; nullable?: boolean };

/** Each value once, for the document that is set and for the one that is read. */
const registration = {
  mode: (options: Options = {}) =>
    Choice(['closed', 'invitation', 'open'], { describe: 'Who may sign up', ...options }),
  domains: (options: Options = {}) =>
    TextList({
      maxItems: 100,
      pattern: domainName,
      patternText: 'must be domain names in lower case (IDN as punycode)',
      example: ['acme.example'],
      describe: 'Domains of e-mail addresses that may sign up; all if empty',
      ...options,
    }),
  emailVerification: (options: Options = {}) =>
    Choice(['optional', 'required'], {
      describe: 'Whether an address must be verified before signing in',
      ...options,
    }),
  firstUserRole: (options: Options = {}) =>
    Text({
      max: 64,
      pattern: roleName,
      example: 'owner',
      describe: 'Role of whoever signs up first',
      ...options,
    }),
  defaultRole: (options: Options = {}) =>
    Text({
      max: 64,
      pattern: roleName,
      example: 'member',
      describe: 'Role of everybody who signs up or is created',
      ...options,
    }),
};
const password = {
  minLength: (options: Options = {}) =>
    Integer({ min: 8, max: 64, example: 15, describe: 'Characters', ...options }),
  blockedWords: (options: Options = {}) =>
    TextList({
      maxItems: 200,
      pattern: /^[^\u0000-\u001f\u007f]{3,64}$/,
      patternText: 'must be words of 3 to 64 characters',
      example: ['roadrunner'],
      describe: 'Words that count for nothing in a password',
      ...options,
    }),
};
const session = {
  idleSeconds: (options: Options = {}) =>
    Integer({
      min: 60,
      max: 30 * day,
      example: 7 * day,
      describe: 'A session ends when it was not used for so long',
      ...options,
    }),
  absoluteSeconds: (options: Options = {}) =>
    Integer({
      min: 60,
      max: 30 * day,
      example: 30 * day,
      describe: 'A session ends so long after it began',
      ...options,
    }),
};

const keyToSet: Options = { optional: true, nullable: true };

/** Only the keys to set; null gives a key back to the platform. */
export class SetRegistrationPolicy {
  @registration.mode(keyToSet)
  mode?: 'closed' | 'invitation' | 'open' | null;

  @registration.domains(keyToSet)
  domains?: string[] | null;

  @registration.emailVerification(keyToSet)
  emailVerification?: 'optional' | 'required' | null;

  @registration.firstUserRole(keyToSet)
  firstUserRole?: string | null;

  @registration.defaultRole(keyToSet)
  defaultRole?: string | null;
}

export class SetPasswordPolicy {
  @password.minLength(keyToSet)
  minLength?: number | null;

  @password.blockedWords(keyToSet)
  blockedWords?: string[] | null;
}

export class SetSessionPolicy {
  @session.idleSeconds(keyToSet)
  idleSeconds?: number | null;

  @session.absoluteSeconds(keyToSet)
  absoluteSeconds?: number | null;
}

interface Sourced<Value> {
  value: Value;
  source: PolicySource;
}

/** The class of one value with its source, for the OpenAPI document. */
function SourcedOf<Value>(name: string, value: PropertyDecorator): Type<Sourced<Value>> {
  class SourcedValue implements Sourced<Value> {
    value!: Value;

    @Choice(['organization', 'platform', 'default'], { describe: 'From where the value comes' })
    source!: PolicySource;
  }
  value(SourcedValue.prototype, 'value');
  Object.defineProperty(SourcedValue, 'name', { value: name });
  return SourcedValue;
}

const Mode = SourcedOf('SourcedRegistrationMode', registration.mode());
const Domains = SourcedOf('SourcedRegistrationDomains', registration.domains());
const EmailVerification = SourcedOf('SourcedEmailVerification', registration.emailVerification());
const FirstUserRole = SourcedOf('SourcedFirstUserRole', registration.firstUserRole({ nullable: true }));
const DefaultRole = SourcedOf('SourcedDefaultRole', registration.defaultRole());
const MinLength = SourcedOf('SourcedMinLength', password.minLength());
const BlockedWords = SourcedOf('SourcedBlockedWords', password.blockedWords());
const IdleSeconds = SourcedOf('SourcedIdleSeconds', session.idleSeconds());
const AbsoluteSeconds = SourcedOf('SourcedAbsoluteSeconds', session.absoluteSeconds());

type Registration = SourcedPolicy<RegistrationPolicy>;
type Password = SourcedPolicy<PasswordPolicy>;
type Session = SourcedPolicy<SessionPolicy>;

export class RegistrationPolicyView {
  @Nested(() => Mode)
  mode!: Registration['mode'];

  @Nested(() => Domains)
  domains!: Registration['domains'];

  @Nested(() => EmailVerification)
  emailVerification!: Registration['emailVerification'];

  @Nested(() => FirstUserRole)
  firstUserRole!: Registration['firstUserRole'];

  @Nested(() => DefaultRole)
  defaultRole!: Registration['defaultRole'];
}

export class PasswordPolicyView {
  @Nested(() => MinLength)
  minLength!: Password['minLength'];

  @Nested(() => BlockedWords)
  blockedWords!: Password['blockedWords'];
}

export class SessionPolicyView {
  @Nested(() => IdleSeconds)
  idleSeconds!: Session['idleSeconds'];

  @Nested(() => AbsoluteSeconds)
  absoluteSeconds!: Session['absoluteSeconds'];
}
