import { Controller, Get } from '@nestjs/common';
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

@ApiTags('Health')
@Controller()
export class HealthController {
  constructor(private readonly database: Database) {}

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
    try {
      await this.database.ping();
    } catch (cause) {
      throw new Problem(unavailable, { detail: 'The database does not answer', retryAfterSeconds: 1, cause });
    }
    return { status: 'ok' };
  }
}
