import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Database, ENTITIES, SERVER_DATABASE_URL } from './database.js';
import { Notifications } from './notifications.js';

/** The way to PostgreSQL, as the restricted role. */
@Global()
@Module({})
export class DatabaseModule {
  static with(serverUrl: string, entities: readonly Function[]): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        { provide: SERVER_DATABASE_URL, useValue: serverUrl },
        { provide: ENTITIES, useValue: entities },
        Database,
        Notifications,
      ],
      exports: [Database, Notifications, SERVER_DATABASE_URL],
    };
  }
}
