import { Id, Integer, Moment, Nested, Text, Trimmed } from '../platform/http/properties.js';
import { PageOf, PageQuery } from '../platform/http/lists.js';
import { GrantView } from './grants.dto.js';
import type { Grant } from './grants.rules.js';
import { NotLikeAnId } from './roles.dto.js';
import type { TeamMemberRow, TeamRow } from './teams.queries.js';

const description = {
  max: 500,
  optional: true,
  nullable: true,
  example: 'Everybody who writes articles',
} as const;

export class CreateTeamBody {
  @NotLikeAnId()
  @Trimmed()
  @Text({ max: 100, example: 'writers' })
  name!: string;

  @Text(description)
  description?: string | null;
}

export class UpdateTeamBody {
  @NotLikeAnId()
  @Trimmed()
  @Text({ max: 100, optional: true, example: 'writers' })
  name?: string;

  @Text(description)
  description?: string | null;
}

export class TeamsQuery extends PageQuery {
  @Text({ max: 100, optional: true, describe: 'Part of the name', example: 'writ' })
  q?: string;
}

export class TeamView {
  @Id()
  id!: string;

  @Text({ max: 100, example: 'writers' })
  name!: string;

  @Text({ max: 500, nullable: true, example: 'Everybody who writes articles' })
  description!: string | null;

  @Nested(() => GrantView, { list: true, describe: 'What the team brings to its members' })
  roles!: GrantView[];

  @Integer({ min: 1, max: 2_147_483_647, example: 3 })
  version!: number;

  @Moment()
  createdAt!: string;

  @Moment()
  updatedAt!: string;

  static of(row: TeamRow, grants: readonly Grant[]): TeamView {
    return {
      id: row.id,
      name: row.name,
      description: row.description,
      roles: grants.map((grant) => GrantView.of(grant)),
      version: row.version,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    };
  }
}

export class TeamPage extends PageOf(TeamView) {}

export class TeamMemberView {
  @Id({ describe: 'Of the user' })
  userId!: string;

  @Text({ max: 254, nullable: true, example: 'max@acme.example' })
  email!: string | null;

  @Text({ max: 64, nullable: true, example: 'max' })
  username!: string | null;

  @Text({ max: 200, nullable: true, example: 'Max Member' })
  fullName!: string | null;

  @Moment()
  addedAt!: string;

  static of(row: TeamMemberRow): TeamMemberView {
    return {
      userId: row.user_id,
      email: row.email,
      username: row.username,
      fullName: row.full_name,
      addedAt: row.added_at.toISOString(),
    };
  }
}

export class TeamMemberPage extends PageOf(TeamMemberView) {}
