import type { FastifyInstance } from 'fastify';
import type { Log } from '../log/log.js';
import type { Metrics } from '../metrics/metrics.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Thousands a second: logged one by one on `debug` only, always counted. */
    quiet?: boolean;
  }
}

/** One log entry and one observation a request. The query is left out: links carry tokens there. */
export function installRequestLog(fastify: FastifyInstance, log: Log, metrics: Metrics): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const milliseconds = reply.elapsedTime;
    metrics.observeRequest(request.method, route, reply.statusCode, milliseconds / 1_000);
    const level = request.routeOptions.config.quiet && reply.statusCode < 500 ? 'debug' : 'info';
    if (log.isLevelEnabled(level)) {
      log[level](
        {
          requestId: request.id,
          method: request.method,
          route,
          status: reply.statusCode,
          milliseconds: Math.round(milliseconds * 10) / 10,
          ip: request.ip,
        },
        'request',
      );
    }
    done();
  });
}
