import { Module } from '@nestjs/common';

/** Credentials for programs. */
@Module({})
export class ApiKeysModule {}
