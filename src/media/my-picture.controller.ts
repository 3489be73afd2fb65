import { Controller, Delete, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authenticated, Caller } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { type ReadUpload, Upload } from '../platform/http/file-upload.js';
import { Operation } from '../platform/http/operation.js';
import { permissionDenied } from '../platform/problems/problems.js';
import { TakesImage } from './image-route.js';
import { PictureView } from './media.dto.js';
import { MyPicture } from './my-picture.service.js';

@ApiTags('Me')
@Controller('v1/me/picture')
@Authenticated()
export class MyPictureController {
  constructor(private readonly picture: MyPicture) {}

  @Put()
  @TakesImage({
    summary: 'Set one’s picture',
    description:
      'It becomes a square of 512 pixels; whatever else the file says, such as a place, is left out.',
    answer: PictureView,
    problems: [permissionDenied],
  })
  set(@Caller() actor: Actor, @Upload() read: ReadUpload): Promise<PictureView> {
    return this.picture.set(actor, read);
  }

  @Delete()
  @Operation({ summary: 'Remove one’s picture', status: 204, problems: [permissionDenied] })
  remove(@Caller() actor: Actor): Promise<void> {
    return this.picture.remove(actor);
  }
}
