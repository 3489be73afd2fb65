import type { INestApplication } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ACCESS_RULE, type AccessRule } from './access.decorators.js';

/** Nest keeps the path of a handler under this key. */
const PATH_METADATA = 'path';

/** Every route handler with its rule; undefined where somebody forgot it. */
export function routeRules(app: INestApplication): { route: string; rule: AccessRule | undefined }[] {
  const reflector = app.get(Reflector);
  const scanner = new MetadataScanner();
  return app
    .get(DiscoveryService)
    .getControllers()
    .flatMap(({ instance, metatype }) => {
      if (!instance || !metatype) return [];
      const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
      return scanner
        .getAllMethodNames(prototype)
        .filter((name) => Reflect.hasMetadata(PATH_METADATA, prototype[name]!))
        .map((name) => ({
          route: `${metatype.name}.${name}`,
          rule: reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [
            prototype[name] as never,
            metatype as never,
          ]),
        }));
    });
}

/** @throws Error naming every route without an access rule: the server must not start with one */
export function requireClosedRoutes(app: INestApplication): void {
  const open = routeRules(app).filter(({ rule }) => rule === undefined);
  if (open.length > 0) {
    throw new Error(`These routes have no access rule: ${open.map(({ route }) => route).join(', ')}`);
  }
}
