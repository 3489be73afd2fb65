import { Readable } from 'node:stream';
import { Controller, Get, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authenticated, Caller } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { permissionDenied, tooManyRequests } from '../platform/problems/problems.js';
import { reauthenticationRequired } from '../recent-authentication/recent-authentication.problems.js';
import { MyExportView } from './my-export.dto.js';
import { MyExport } from './my-export.service.js';

@ApiTags('Me')
@Controller('v1/me/export')
@Authenticated()
export class MyExportController {
  constructor(private readonly exports: MyExport) {}

  @Get()
  @Operation({
    summary: 'Take everything with one that is kept about oneself',
    description: 'Ten times an hour, by a session whose person has proven not long ago who they are.',
    answer: MyExportView,
    problems: [permissionDenied, reauthenticationRequired, tooManyRequests],
  })
  async export(@Caller() actor: Actor): Promise<StreamableFile> {
    const document = await this.exports.begin(actor);
    return new StreamableFile(Readable.from(document), {
      type: 'application/json; charset=utf-8',
      disposition: 'attachment; filename="my-account.json"',
    });
  }
}
