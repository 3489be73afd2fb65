import { Controller, Delete, Param, Put } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { type ReadUpload, Upload } from '../platform/http/file-upload.js';
import { Operation } from '../platform/http/operation.js';
import { ApplicationLogos } from './application-logos.service.js';
import { TakesImage } from './image-route.js';
import { LogoView } from './media.dto.js';

@ApiTags('Applications')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@ApiParam({ name: 'application', description: 'Id', example: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4' })
@Controller('v1/organizations/:organization/applications/:application/logo')
export class ApplicationLogosController {
  constructor(private readonly logos: ApplicationLogos) {}

  @Put()
  @Requires('applications:write')
  @TakesImage({
    summary: 'Set the logo of an application',
    description: 'It is made to fit into 256 by 256 pixels; what is transparent stays so.',
    answer: LogoView,
  })
  set(
    @Caller() actor: Actor,
    @Param('application') application: string,
    @Upload() read: ReadUpload,
  ): Promise<LogoView> {
    return this.logos.set(actor, application, read);
  }

  @Delete()
  @Requires('applications:write')
  @Operation({ summary: 'Remove the logo of an application', status: 204 })
  remove(@Caller() actor: Actor, @Param('application') application: string): Promise<void> {
    return this.logos.remove(actor, application);
  }
}
