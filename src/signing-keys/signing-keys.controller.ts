import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { TakesIdempotencyKey } from '../platform/http/idempotency.js';
import { Operation } from '../platform/http/operation.js';
import { unavailable } from '../platform/problems/problems.js';
import { SigningKeyAdministration } from './signing-key-administration.service.js';
import { PublishSigningKey, SigningKeyList, SigningKeyView } from './signing-keys.dto.js';
import { signingKeyWaits, tooManySigningKeys } from './signing-keys.problems.js';

@ApiTags('Signing keys')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/signing-keys')
export class SigningKeysController {
  constructor(private readonly signingKeys: SigningKeyAdministration) {}

  @Get()
  @Requires('signing-keys:read')
  @Operation({
    summary: 'List signing keys',
    description:
      'Every published key: of each kind the active one first. The first one is made when it is needed.',
    answer: SigningKeyList,
  })
  list(@Caller() actor: Actor): Promise<SigningKeyList> {
    return this.signingKeys.list(actor);
  }

  @Post()
  @Requires('signing-keys:write')
  @TakesIdempotencyKey()
  @Operation({
    summary: 'Rotate the signing key',
    description:
      'Publishes the next key, which takes over a day later: by then everybody who verifies tokens has read it, and no ' +
      'verification fails. The clock does the same as often as the policy `signing-keys` says.',
    status: 201,
    answer: SigningKeyView,
    problems: [signingKeyWaits, tooManySigningKeys, unavailable],
  })
  publish(@Caller() actor: Actor, @Body() input: PublishSigningKey): Promise<SigningKeyView> {
    return this.signingKeys.publish(actor, input);
  }

  @Delete(':kid')
  @ApiParam({ name: 'kid', description: 'Key id', example: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' })
  @Requires('signing-keys:write')
  @Operation({
    summary: 'Remove a signing key in an emergency',
    description:
      'It is published no longer, and this server refuses what it has signed from the next request on. In the place of ' +
      'an active key another one signs at once. Services that verify by themselves go on until they read the keys again, ' +
      'for 15 minutes at most.',
    status: 204,
    problems: [unavailable],
  })
  remove(@Caller() actor: Actor, @Param('kid') kid: string): Promise<void> {
    return this.signingKeys.remove(actor, kid);
  }
}
