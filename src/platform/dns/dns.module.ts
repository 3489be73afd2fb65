import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DnsTxtResolver, TxtResolver } from './txt-resolver.js';

/** Questions to DNS, or to whatever a test has in its place. */
@Global()
@Module({})
export class DnsModule {
  static with(resolver: TxtResolver = new DnsTxtResolver()): DynamicModule {
    return {
      module: DnsModule,
      providers: [{ provide: TxtResolver, useValue: resolver }],
      exports: [TxtResolver],
    };
  }
}
