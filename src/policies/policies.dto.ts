import type { Type } from '@nestjs/common';
import { Choice, Flag, Integer, Nested, Text, TextList } from '../platform/http/properties.js';
import {
  longestRecentAuthenticationSeconds,
  longestSessionSeconds,
  longestTokens,
  noRole,
  type PasswordPolicy,
  type PolicySource,
  type RegistrationPolicy,
  type SessionPolicy,
  type SigningKeysPolicy,
  type SignInPolicy,
  type TokensPolicy,
} from './policies.rules.js';

/** Each value is described once, for the request that sets it and for the answer that shows it. */
interface Use {
  optional?: boolean;
  nullable?: boolean;
}

const change: Use = { optional: true, nullable: true };

const Mode = (use: Use = {}) =>
  Choice(['closed', 'invitation', 'open'], {
    ...use,
    example: 'open',
    describe: 'Who may join: nobody by themselves, who is invited, or anybody',
  });
const Domains = (use: Use = {}) =>
  TextList({
    ...use,
    maxItems: 100,
    pattern: /^[^\s@]{1,253}$/,
    patternText: 'must be domains, such as acme.example',
    example: ['acme.example'],
    describe:
      'Domains of the e-mail addresses that may sign up, each meaning itself and no subdomain; kept in ASCII and lower ' +
      'case. Empty for any',
  });
const EmailVerification = (use: Use = {}) =>
  Choice(['optional', 'required'], {
    ...use,
    example: 'required',
    describe: 'Whether who has an e-mail address must have verified it to sign in',
  });
const DefaultRole = (use: Use = {}) =>
  Text({ ...use, max: 64, example: 'member', describe: 'Name of the role of whoever joins; never `owner`' });
const MinLength = (use: Use = {}) =>
  Integer({ ...use, min: 8, max: 64, fromBody: true, example: 15, describe: 'Characters of a password' });
const BlockedWords = (use: Use = {}) =>
  TextList({
    ...use,
    maxItems: 200,
    pattern: /^[^\s\p{C}][^\p{C}]{1,62}[^\s\p{C}]$/u,
    patternText: 'must be words of 3 to 64 characters',
    example: ['roadrunner'],
    describe: 'Words that are easy to guess here: they count for nothing in a password',
  });
const Reset = (use: Use = {}) =>
  Choice(['self-service', 'administrator'], {
    ...use,
    example: 'administrator',
    describe: 'Who starts the reset of a password: everybody their own, or administrators alone',
  });
const IdleSeconds = (use: Use = {}) =>
  Integer({
    ...use,
    min: 60,
    max: longestSessionSeconds,
    fromBody: true,
    example: 604_800,
    describe: 'A session ends when it was not used for so long; at most `absoluteSeconds`',
  });
const AbsoluteSeconds = (use: Use = {}) =>
  Integer({
    ...use,
    min: 60,
    max: longestSessionSeconds,
    fromBody: true,
    example: 2_592_000,
    describe: 'A session ends so long after signing in',
  });
const RecentAuthenticationSeconds = (use: Use = {}) =>
  Integer({
    ...use,
    min: 60,
    max: longestRecentAuthenticationSeconds,
    fromBody: true,
    example: 600,
    describe:
      'So long after proving who they are people may do what a stolen session must not, such as making API keys',
  });

const TokenSeconds =
  (max: number, example: number, describe: string) =>
  (use: Use = {}) =>
    Integer({ ...use, min: 60, max, fromBody: true, example, describe });
const OpaqueAccessTokenSeconds = TokenSeconds(
  longestTokens.opaqueAccessToken,
  3_600,
  'Lifetime of an access token that is asked for here; it ends with its session',
);
const JwtAccessTokenSeconds = TokenSeconds(
  longestTokens.jwt,
  300,
  'Lifetime of an access token that services read by themselves',
);
const IdTokenSeconds = TokenSeconds(longestTokens.jwt, 300, 'Lifetime of an id token');
const RefreshIdleSeconds = TokenSeconds(
  longestTokens.refresh,
  1_209_600,
  'A refresh token ends when it was not used for so long; at most `refreshAbsoluteSeconds`',
);
const RefreshAbsoluteSeconds = TokenSeconds(
  longestTokens.refresh,
  2_592_000,
  'Refresh tokens that follow each other end so long after the first one',
);

const RotationDays = (use: Use = {}) =>
  Integer({
    ...use,
    min: 7,
    max: 180,
    fromBody: true,
    example: 90,
    describe: 'So long a key signs tokens before the next one takes over',
  });

const MagicLink = (use: Use = {}) =>
  Flag({
    ...use,
    example: true,
    describe: 'Whether people can ask for a mail with a link that signs them in without a password',
  });
const IdentifierFirst = (use: Use = {}) =>
  Flag({
    ...use,
    example: true,
    describe:
      'Whether the sign-in page asks for the password on a page of its own, after it has asked who it is',
  });

export class ChangeRegistrationPolicy {
  @Mode(change)
  mode?: string | null;

  @Domains(change)
  domains?: string[] | null;

  @EmailVerification(change)
  emailVerification?: string | null;

  @Choice(['owner', noRole], {
    ...change,
    example: 'owner',
    describe: 'Role of who signs up while there are no users; `none` for no other than everybody’s',
  })
  firstUserRole?: string | null;

  @DefaultRole(change)
  defaultRole?: string | null;
}

export class ChangePasswordPolicy {
  @MinLength(change)
  minLength?: number | null;

  @BlockedWords(change)
  blockedWords?: string[] | null;

  @Reset(change)
  reset?: string | null;
}

export class ChangeSessionPolicy {
  @IdleSeconds(change)
  idleSeconds?: number | null;

  @AbsoluteSeconds(change)
  absoluteSeconds?: number | null;

  @RecentAuthenticationSeconds(change)
  recentAuthenticationSeconds?: number | null;
}

export class ChangeSignInPolicy {
  @MagicLink(change)
  magicLink?: boolean | null;

  @IdentifierFirst(change)
  identifierFirst?: boolean | null;
}

export class ChangeTokensPolicy {
  @OpaqueAccessTokenSeconds(change)
  opaqueAccessTokenSeconds?: number | null;

  @JwtAccessTokenSeconds(change)
  jwtAccessTokenSeconds?: number | null;

  @IdTokenSeconds(change)
  idTokenSeconds?: number | null;

  @RefreshIdleSeconds(change)
  refreshIdleSeconds?: number | null;

  @RefreshAbsoluteSeconds(change)
  refreshAbsoluteSeconds?: number | null;
}

export class ChangeSigningKeysPolicy {
  @RotationDays(change)
  rotationDays?: number | null;
}

interface Sourced<Value> {
  value: Value;
  source: PolicySource;
}

/** The class of a value with its source. */
function SourcedValue<Value>(name: string, describeValue: PropertyDecorator): Type<Sourced<Value>> {
  class SourcedView implements Sourced<Value> {
    value!: Value;

    @Choice(['organization', 'platform', 'default'], { describe: 'Who has set it' })
    source!: PolicySource;
  }
  describeValue(SourcedView.prototype, 'value');
  Object.defineProperty(SourcedView, 'name', { value: name });
  return SourcedView;
}

const Setting = (type: Type<object>) => Nested(() => type as never);

type Mode = RegistrationPolicy['mode'];
type EmailVerification = RegistrationPolicy['emailVerification'];

const ModeSetting = SourcedValue<Mode>('RegistrationModeSetting', Mode());
const DomainsSetting = SourcedValue<string[]>('RegistrationDomainsSetting', Domains());
const EmailVerificationSetting = SourcedValue<EmailVerification>(
  'EmailVerificationSetting',
  EmailVerification(),
);
const FirstUserRoleSetting = SourcedValue<string | null>(
  'FirstUserRoleSetting',
  Choice(['owner'], {
    nullable: true,
    describe: 'Role of who signs up while there are no users; null for no other than everybody’s',
  }),
);
const DefaultRoleSetting = SourcedValue<string>('DefaultRoleSetting', DefaultRole());
const MinLengthSetting = SourcedValue<number>('PasswordMinLengthSetting', MinLength());
const BlockedWordsSetting = SourcedValue<string[]>('PasswordBlockedWordsSetting', BlockedWords());
const ResetSetting = SourcedValue<PasswordPolicy['reset']>('PasswordResetSetting', Reset());
const IdleSecondsSetting = SourcedValue<number>('SessionIdleSecondsSetting', IdleSeconds());
const AbsoluteSecondsSetting = SourcedValue<number>('SessionAbsoluteSecondsSetting', AbsoluteSeconds());
const RecentAuthenticationSecondsSetting = SourcedValue<number>(
  'RecentAuthenticationSecondsSetting',
  RecentAuthenticationSeconds(),
);
const MagicLinkSetting = SourcedValue<boolean>('MagicLinkSetting', MagicLink());
const IdentifierFirstSetting = SourcedValue<boolean>('IdentifierFirstSetting', IdentifierFirst());

const OpaqueAccessTokenSecondsSetting = SourcedValue<number>(
  'OpaqueAccessTokenSecondsSetting',
  OpaqueAccessTokenSeconds(),
);
const JwtAccessTokenSecondsSetting = SourcedValue<number>(
  'JwtAccessTokenSecondsSetting',
  JwtAccessTokenSeconds(),
);
const IdTokenSecondsSetting = SourcedValue<number>('IdTokenSecondsSetting', IdTokenSeconds());
const RefreshIdleSecondsSetting = SourcedValue<number>('RefreshIdleSecondsSetting', RefreshIdleSeconds());
const RefreshAbsoluteSecondsSetting = SourcedValue<number>(
  'RefreshAbsoluteSecondsSetting',
  RefreshAbsoluteSeconds(),
);

const RotationDaysSetting = SourcedValue<number>('RotationDaysSetting', RotationDays());

type Settings<Policy> = { [Key in keyof Policy]: Sourced<Policy[Key]> };

export class RegistrationPolicyView implements Settings<RegistrationPolicy> {
  @Choice(['registration'])
  kind!: 'registration';

  @Setting(ModeSetting)
  mode!: Sourced<Mode>;

  @Setting(DomainsSetting)
  domains!: Sourced<string[]>;

  @Setting(EmailVerificationSetting)
  emailVerification!: Sourced<EmailVerification>;

  @Setting(FirstUserRoleSetting)
  firstUserRole!: Sourced<string | null>;

  @Setting(DefaultRoleSetting)
  defaultRole!: Sourced<string>;
}

export class PasswordPolicyView implements Settings<PasswordPolicy> {
  @Choice(['password'])
  kind!: 'password';

  @Setting(MinLengthSetting)
  minLength!: Sourced<number>;

  @Setting(BlockedWordsSetting)
  blockedWords!: Sourced<string[]>;

  @Setting(ResetSetting)
  reset!: Sourced<PasswordPolicy['reset']>;
}

export class SessionPolicyView implements Settings<SessionPolicy> {
  @Choice(['session'])
  kind!: 'session';

  @Setting(IdleSecondsSetting)
  idleSeconds!: Sourced<number>;

  @Setting(AbsoluteSecondsSetting)
  absoluteSeconds!: Sourced<number>;

  @Setting(RecentAuthenticationSecondsSetting)
  recentAuthenticationSeconds!: Sourced<number>;
}

export class SignInPolicyView implements Settings<SignInPolicy> {
  @Choice(['sign-in'])
  kind!: 'sign-in';

  @Setting(MagicLinkSetting)
  magicLink!: Sourced<boolean>;

  @Setting(IdentifierFirstSetting)
  identifierFirst!: Sourced<boolean>;
}

export class TokensPolicyView implements Settings<TokensPolicy> {
  @Choice(['tokens'])
  kind!: 'tokens';

  @Setting(OpaqueAccessTokenSecondsSetting)
  opaqueAccessTokenSeconds!: Sourced<number>;

  @Setting(JwtAccessTokenSecondsSetting)
  jwtAccessTokenSeconds!: Sourced<number>;

  @Setting(IdTokenSecondsSetting)
  idTokenSeconds!: Sourced<number>;

  @Setting(RefreshIdleSecondsSetting)
  refreshIdleSeconds!: Sourced<number>;

  @Setting(RefreshAbsoluteSecondsSetting)
  refreshAbsoluteSeconds!: Sourced<number>;
}

export class SigningKeysPolicyView implements Settings<SigningKeysPolicy> {
  @Choice(['signing-keys'])
  kind!: 'signing-keys';

  @Setting(RotationDaysSetting)
  rotationDays!: Sourced<number>;
}
