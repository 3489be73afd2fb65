import { type RoleGrant, RoleGrants } from '../access-control/role-grants.types.js';
import { PageOf, PageQuery } from '../platform/http/lists.js';
import {
  Choice,
  Flag,
  Id,
  Moment,
  Nested,
  PasswordText,
  Text,
  TextList,
} from '../platform/http/properties.js';
import type { InvitationRow } from './invitations.queries.js';
import {
  type InvitationState,
  invitationStates,
  longestInvitationDays,
  messageMaxLength,
} from './invitations.rules.js';

const tokenExample = 'ten_ver_AZnB8mpQfMGdQTqG4NOlxAbC0dEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlM';

const Locale = (options: { optional?: boolean } = {}) =>
  Text({
    max: 35,
    nullable: true,
    pattern: /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/,
    patternText: 'must be a language, such as de or en-GB',
    example: 'de',
    describe: 'The language of the mail',
    ...options,
  });

export class CreateInvitation {
  @Text({ max: 254, example: 'max@acme.example' })
  email!: string;

  @RoleGrants({
    describe:
      'What the person gets on acceptance; you must hold it, for as long. Without any, somebody new gets the default role',
  })
  roles?: RoleGrant[];

  @TextList({
    optional: true,
    maxItems: 20,
    pattern: /^[^\p{Cc}\p{Cs}]{1,100}$/u,
    patternText: 'must be names or ids of teams',
    example: ['Writers'],
    describe: 'Teams that the person joins on acceptance; you must hold what they bring',
  })
  teams?: string[];

  @Text({
    max: messageMaxLength,
    optional: true,
    nullable: true,
    example: 'Welcome to the newsroom!',
    describe: 'Plain text for the mail and the page behind its link',
  })
  message?: string | null;

  @Locale({ optional: true })
  locale?: string | null;

  @Moment({
    optional: true,
    nullable: true,
    describe: `At most ${longestInvitationDays} days away; in 7 days when left out`,
  })
  expiresAt?: string | null;
}

export class InvitationsQuery extends PageQuery {
  @Choice(invitationStates, { optional: true })
  state?: InvitationState;
}

export class InvitedRoleView {
  @Text({ max: 64, example: 'editor' })
  role!: string;

  @Moment({ nullable: true, describe: 'When the role ends; null for good' })
  expiresAt!: string | null;
}

export class InvitedTeamView {
  @Id()
  id!: string;

  @Text({ max: 100, example: 'Writers' })
  name!: string;
}

export class InvitationView {
  @Id()
  id!: string;

  @Text({ max: 254, example: 'max@acme.example' })
  email!: string;

  @Choice(invitationStates)
  state!: InvitationState;

  @Nested(() => InvitedRoleView, { list: true })
  roles!: InvitedRoleView[];

  @Nested(() => InvitedTeamView, { list: true })
  teams!: InvitedTeamView[];

  @Text({ max: messageMaxLength, nullable: true, example: 'Welcome to the newsroom!' })
  message!: string | null;

  @Locale()
  locale!: string | null;

  @Moment()
  expiresAt!: string;

  @Moment()
  createdAt!: string;

  @Id({ describe: 'The user who must still hold what the invitation gives when it is accepted' })
  invitedBy!: string;

  @Moment({ nullable: true, describe: 'When somebody first clicked on the page behind the link' })
  openedAt!: string | null;

  @Moment({ nullable: true })
  acceptedAt!: string | null;

  @Id({ nullable: true, describe: 'The user who accepted' })
  acceptedBy!: string | null;

  @Moment({ nullable: true })
  revokedAt!: string | null;
}

export class InvitationPage extends PageOf(InvitationView) {}

export class OpenInvitation {
  @Text({ max: 512, example: tokenExample, describe: 'From the link in the mail' })
  token!: string;
}

export class InvitingOrganization {
  @Text({ max: 200, example: 'Acme' })
  name!: string;

  @Text({ max: 63, example: 'acme' })
  slug!: string;
}

export class OpenedInvitationView {
  @Nested(() => InvitingOrganization)
  organization!: InvitingOrganization;

  @Text({ max: 254, example: 'max@acme.example' })
  email!: string;

  @Text({ max: 200, nullable: true, example: 'Olga Owner', describe: 'The name of whoever invited' })
  invitedBy!: string | null;

  @Text({ max: messageMaxLength, nullable: true, example: 'Welcome to the newsroom!' })
  message!: string | null;

  @Moment()
  expiresAt!: string;

  @Flag({
    example: false,
    describe: 'Whether the session that came along is that of the user of this address',
  })
  isSignedIn!: boolean;
}

export class AcceptInvitation extends OpenInvitation {
  @Text({ max: 200, optional: true, nullable: true, example: 'Max Meier', describe: 'Of a new user' })
  fullName?: string | null;

  @Text({ max: 64, optional: true, nullable: true, example: 'max', describe: 'Of a new user' })
  username?: string | null;

  @PasswordText({ optional: true, describe: 'Of a new user, who needs one' })
  password?: string;
}

export class NewMemberView {
  @Id()
  id!: string;

  @Text({ max: 254, nullable: true, example: 'max@acme.example' })
  email!: string | null;

  @Text({ max: 64, nullable: true, example: 'max' })
  username!: string | null;

  @Text({ max: 200, nullable: true, example: 'Max Meier' })
  fullName!: string | null;
}

export class AcceptedInvitationView {
  @Nested(() => NewMemberView)
  user!: NewMemberView;

  @Nested(() => InvitedRoleView, { list: true, describe: 'What the invitation gave' })
  roles!: InvitedRoleView[];

  @Nested(() => InvitedTeamView, { list: true })
  teams!: InvitedTeamView[];
}

export function invitationView(row: InvitationRow): InvitationView {
  return {
    id: row.id,
    email: row.email,
    state: row.state,
    roles: row.roles.map(({ role, expiresAt }) => ({ role, expiresAt })),
    teams: row.teams.map(({ id, name }) => ({ id, name })),
    message: row.message,
    locale: row.locale,
    expiresAt: row.expires_at.toISOString(),
    createdAt: row.created_at.toISOString(),
    invitedBy: row.invited_by,
    openedAt: row.opened_at?.toISOString() ?? null,
    acceptedAt: row.accepted_at?.toISOString() ?? null,
    acceptedBy: row.user_id,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  };
}
