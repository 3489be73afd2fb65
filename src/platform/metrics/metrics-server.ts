import { createServer, type Server } from 'node:http';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG } from '../config/config.js';
import type { Config } from '../config/settings.js';
import { Metrics } from './metrics.js';

/** Serves the metrics on a port of their own, so that they are never public by accident. */
@Injectable()
export class MetricsServer implements OnApplicationShutdown {
  #server: Server | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly metrics: Metrics,
  ) {}

  /** The port listened on, or null while `METRICS_PORT` is not set. */
  async listen(): Promise<number | null> {
    const { metricsPort, host } = this.config.server;
    if (metricsPort === null) return null;
    const server = createServer((request, response) => {
      if (request.method !== 'GET' || request.url !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      void this.metrics.registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': this.metrics.registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(metricsPort, host, resolve),
    );
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : metricsPort;
  }

  async onApplicationShutdown(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()));
  }
}
