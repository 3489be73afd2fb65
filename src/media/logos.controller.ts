import { Controller, Delete, Put } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { type ReadUpload, Upload } from '../platform/http/file-upload.js';
import { Operation } from '../platform/http/operation.js';
import { TakesImage } from './image-route.js';
import { Logos } from './logos.service.js';
import { LogoView } from './media.dto.js';

@ApiTags('Organizations')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/logo')
export class LogosController {
  constructor(private readonly logos: Logos) {}

  @Put()
  @Requires('organization:write')
  @TakesImage({
    summary: 'Set the logo of the organization',
    description: 'It is made to fit into 512 by 256 pixels; what is transparent stays so.',
    answer: LogoView,
  })
  set(@Caller() actor: Actor, @Upload() read: ReadUpload): Promise<LogoView> {
    return this.logos.set(actor, read);
  }

  @Delete()
  @Requires('organization:write')
  @Operation({ summary: 'Remove the logo of the organization', status: 204 })
  remove(@Caller() actor: Actor): Promise<void> {
    return this.logos.remove(actor);
  }
}
