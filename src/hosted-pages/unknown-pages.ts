import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { sendProblem } from '../platform/http/problem.filter.js';
import { wantsPage } from '../platform/http/wants-page.js';
import { LOG, type Log } from '../platform/log/log.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { sendNotFound } from './page-routes.js';

/**
 * Every other address of an organization. People see a page in its look, programs the problem document of all other
 * unknown addresses. With a slash too many it is the address without.
 */
export function installUnknownPages(scope: FastifyInstance, app: NestFastifyApplication): void {
  scope.get('/o/:slug/*', (request, reply) => {
    const [path, query] = splitOnce(request.url, '?');
    if (path.endsWith('/')) return reply.redirect(`${path.replace(/\/+$/, '')}${query}`, 308);
    if (wantsPage(request)) return sendNotFound(app, request, reply);
    sendProblem(app.get<Log>(LOG), request, reply, notFoundProblem());
    return reply;
  });
}

/** The second part begins with the separator. */
function splitOnce(text: string, separator: string): [string, string] {
  const place = text.indexOf(separator);
  return place === -1 ? [text, ''] : [text.slice(0, place), text.slice(place)];
}
