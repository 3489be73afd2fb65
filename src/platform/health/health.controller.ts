import { Controller, Get, Injectable } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../access/access.decorators.js';
import { Database } from '../database/database.js';
import { Operation } from '../http/operation.js';
import { Choice } from '../http/properties.js';
import { Problem } from '../problems/problem.js';
import { unavailable } from '../problems/problems.js';

class HealthView {
  @Choice(['ok'])
  status!: 'ok';
}

/** Whether the server is about to end: balancers hear of it from `/readyz` while running requests end. */
@Injectable()
export class Draining {
  isDraining = false;
}

@ApiTags('Health')
@Controller()
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly draining: Draining,
  ) {}

  @Get('healthz')
  @Public()
  @Operation({ summary: 'Does the process live?', answer: HealthView })
  health(): HealthView {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Public()
  @Operation({ summary: 'Can it serve?', answer: HealthView })
  async readiness(): Promise<HealthView> {
    if (this.draining.isDraining)
      throw new Problem(unavailable, { detail: 'The server is ending', retryAfterSeconds: 1 });
    try {
      await this.database.ping();
    } catch (cause) {
      throw new Problem(unavailable, { detail: 'The database does not answer', retryAfterSeconds: 1, cause });
    }
    return { status: 'ok' };
  }
}
