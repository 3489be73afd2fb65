import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../metrics/metrics.js';
import { Redis } from './redis.js';

/** Redis, where the deployment has one. */
@Global()
@Module({ providers: [Redis], exports: [Redis] })
export class RedisModule implements OnModuleInit {
  constructor(
    private readonly redis: Redis,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    if (!this.redis.isThere) return;
    this.metrics.gauge('redis_connected', 'Whether Redis can be reached', () =>
      this.redis.connection === null ? 0 : 1,
    );
  }
}
