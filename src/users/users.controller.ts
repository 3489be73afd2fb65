import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiExtraModels, ApiParam, ApiTags } from '@nestjs/swagger';
import { lastOwner, unknownRole } from '../access-control/access-control.problems.js';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { TakesIdempotencyKey } from '../platform/http/idempotency.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { Operation } from '../platform/http/operation.js';
import { conflict } from '../platform/problems/problems.js';
import { RoleGrant } from '../access-control/role-grants.types.js';
import { UserList } from './user-list.service.js';
import { UserStates } from './user-states.service.js';
import { UserPage, UserView } from './user.view.js';
import { ChangeUser, CreateUser, UsersQuery } from './users.dto.js';
import { emailTaken, ownAccount, phoneNumberTaken, usernameTaken } from './users.problems.js';
import { Users } from './users.service.js';

const NamedUser = () =>
  ApiParam({
    name: 'user',
    description: 'Id, e-mail address or user name, URL-encoded',
    example: 'max@acme.example',
  });
const takenProblems = [emailTaken, usernameTaken, phoneNumberTaken];

@ApiTags('Users')
@ApiExtraModels(RoleGrant)
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/users')
export class UsersController {
  constructor(
    private readonly users: Users,
    private readonly userList: UserList,
    private readonly states: UserStates,
  ) {}

  @Post()
  @Requires('users:write')
  @TakesIdempotencyKey()
  @Operation({
    summary: 'Create a user',
    description:
      'The user is `initializing` until there is a password: the link to choose one goes to the e-mail address; for a user ' +
      'without one start a reset and hand the link over. You can give the roles that you hold.',
    status: 201,
    answer: UserView,
    problems: [...takenProblems, unknownRole],
  })
  create(@Caller() actor: Actor, @Body() input: CreateUser): Promise<UserView> {
    return this.users.create(actor, input);
  }

  @Get()
  @Requires('users:read')
  @Operation({ summary: 'List and search users', answer: UserPage })
  list(@Caller() actor: Actor, @Query() query: UsersQuery): Promise<UserPage> {
    return this.userList.list(actor, query);
  }

  @Get(':user')
  @NamedUser()
  @Requires('users:read')
  @Operation({ summary: 'Read a user', answer: UserView })
  get(@Caller() actor: Actor, @Param('user') user: string): Promise<UserView> {
    return this.users.get(actor, user);
  }

  @Patch(':user')
  @NamedUser()
  @Requires('users:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Change a user',
    description:
      'What is left out stays, null takes away. An e-mail address or a user name must remain, and the address of an ' +
      'account that somebody has used is changed only, not taken away (`conflict`). One’s own address changes by ' +
      '`PUT /v1/me/email`, which asks for the password.',
    answer: UserView,
    problems: [...takenProblems, ownAccount, conflict],
  })
  update(
    @Caller() actor: Actor,
    @Param('user') user: string,
    @Body() change: ChangeUser,
    @IfMatch() version: ExpectedVersion,
  ): Promise<UserView> {
    return this.users.update(actor, user, change, version);
  }

  @Delete(':user')
  @NamedUser()
  @Requires('users:write')
  @Operation({
    summary: 'Delete a user',
    description: 'With its sessions, API keys, roles and memberships.',
    status: 204,
    problems: [ownAccount, lastOwner],
  })
  delete(@Caller() actor: Actor, @Param('user') user: string): Promise<void> {
    return this.users.delete(actor, user);
  }

  @Put(':user/lock')
  @NamedUser()
  @Requires('users:write')
  @Operation({
    summary: 'Lock a user out',
    description:
      'Ends the sessions; neither a sign-in nor an API key of the user works until the lock is lifted.',
    answer: UserView,
    problems: [ownAccount, lastOwner, conflict],
  })
  lock(@Caller() actor: Actor, @Param('user') user: string): Promise<UserView> {
    return this.states.lock(actor, user);
  }

  @Delete(':user/lock')
  @NamedUser()
  @Requires('users:write')
  @Operation({ summary: 'Lift the lock', answer: UserView })
  unlock(@Caller() actor: Actor, @Param('user') user: string): Promise<UserView> {
    return this.states.unlock(actor, user);
  }

  @Put(':user/deactivation')
  @NamedUser()
  @Requires('users:write')
  @Operation({
    summary: 'Deactivate a user',
    description: 'For a person who has left: like a lock, and it takes the place of one.',
    answer: UserView,
    problems: [ownAccount, lastOwner],
  })
  deactivate(@Caller() actor: Actor, @Param('user') user: string): Promise<UserView> {
    return this.states.deactivate(actor, user);
  }

  @Delete(':user/deactivation')
  @NamedUser()
  @Requires('users:write')
  @Operation({ summary: 'Bring a user back', answer: UserView })
  reactivate(@Caller() actor: Actor, @Param('user') user: string): Promise<UserView> {
    return this.states.reactivate(actor, user);
  }
}
