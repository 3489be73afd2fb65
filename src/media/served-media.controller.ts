import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../platform/access/access.decorators.js';
import { Operation } from '../platform/http/operation.js';
import { imageType } from './media-storage.js';
import { sendImage } from './served-image.js';
import { ServedMedia } from './served-media.service.js';

@ApiTags('Media')
@Controller('media')
export class ServedMediaController {
  constructor(private readonly media: ServedMedia) {}

  @Get(':link')
  @Public()
  @ApiParam({ name: 'link', description: 'The last part of the address of a picture or logo' })
  @ApiHeader({
    name: 'If-None-Match',
    required: false,
    description: 'The `ETag` of the image that the client has',
    schema: { type: 'string' },
  })
  @ApiResponse({ status: 304, description: 'The client has it' })
  @Operation({
    summary: 'Get a picture or a logo',
    description: 'Whoever knows the address may. What is behind it never changes, until it is removed.',
    answerType: imageType,
  })
  async get(
    @Param('link') link: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendImage(request, reply, await this.media.open(link));
  }
}
