import type { FastifyRequest } from 'fastify';

/** Whether a person reads the answer: browsers name HTML when they open an address, programs that call an API do not. */
export const wantsPage = ({ headers }: FastifyRequest): boolean =>
  /\btext\/html\b/i.test(headers.accept ?? '');
