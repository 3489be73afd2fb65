import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { FetchedPictures } from '../media/fetched-pictures.service.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { LOG, type Log } from '../platform/log/log.js';
import { OutboundError } from '../platform/outbound/outbound.js';
import { Problem } from '../platform/problems/problem.js';

interface PictureJob {
  readonly organizationId: string;
  readonly userId: string;
  readonly url: string;
}

/** Pictures that providers name for new users. Nobody waits for them: whoever has none signs in all the same. */
@Injectable()
export class UpstreamPictures implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly pictures: FetchedPictures,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.jobs.handle('fetch-upstream-picture', (payload) => this.fetch(payload as PictureJob));
  }

  private async fetch({ organizationId, userId, url }: PictureJob): Promise<void> {
    try {
      await this.pictures.fetch(organizationId, userId, url);
    } catch (error) {
      const isTheirs =
        error instanceof OutboundError || (error instanceof Problem && error.kind.status < 500);
      // What is wrong with the picture will be wrong the next time.
      if (!isTheirs) throw error;
      this.log.info(
        { organizationId, userId, reason: error.message },
        'a picture of a provider was not taken',
      );
    }
  }
}
