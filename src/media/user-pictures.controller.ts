import { Controller, Delete, Param, Put } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { type ReadUpload, Upload } from '../platform/http/file-upload.js';
import { Operation } from '../platform/http/operation.js';
import { TakesImage } from './image-route.js';
import { PictureView } from './media.dto.js';
import { Pictures } from './pictures.service.js';

@ApiTags('Users')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@ApiParam({
  name: 'user',
  description: 'Id, e-mail address or user name, URL-encoded',
  example: 'max@acme.example',
})
@Controller('v1/organizations/:organization/users/:user/picture')
export class UserPicturesController {
  constructor(private readonly pictures: Pictures) {}

  @Put()
  @Requires('users:write')
  @TakesImage({
    summary: 'Set the picture of a user',
    description: 'It becomes a square of 512 pixels.',
    answer: PictureView,
  })
  set(@Caller() actor: Actor, @Param('user') user: string, @Upload() read: ReadUpload): Promise<PictureView> {
    return this.pictures.set(actor, user, read);
  }

  @Delete()
  @Requires('users:write')
  @Operation({ summary: 'Remove the picture of a user', status: 204 })
  remove(@Caller() actor: Actor, @Param('user') user: string): Promise<void> {
    return this.pictures.remove(actor, user);
  }
}
