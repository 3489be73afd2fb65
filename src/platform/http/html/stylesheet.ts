import { hash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { content } from './style/content.css.js';
import { forms } from './style/forms.css.js';
import { foundation } from './style/foundation.css.js';
import { layout } from './style/layout.css.js';

const sheet = [foundation, layout, forms, content].join('').replace(/\s+/g, ' ');

/** Changes with every change of the sheet, so browsers may keep what they got for ever. */
export const stylesheetPath = `/assets/pages-${hash('sha256', sheet, 'hex').slice(0, 16)}.css`;

/** The one style sheet of every page that the server renders. */
export function installStylesheet(fastify: FastifyInstance): void {
  fastify.get(stylesheetPath, (_, reply) =>
    reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('cross-origin-resource-policy', 'same-origin')
      .type('text/css; charset=utf-8')
      .send(sheet),
  );
}
