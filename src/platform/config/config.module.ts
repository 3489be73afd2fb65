import { type DynamicModule, Global, Module } from '@nestjs/common';
import { CONFIG } from './config.js';
import type { Config } from './settings.js';

/** The configuration, read once before the application is built. */
@Global()
@Module({})
export class ConfigModule {
  static with(config: Config): DynamicModule {
    return { module: ConfigModule, providers: [{ provide: CONFIG, useValue: config }], exports: [CONFIG] };
  }
}
