import { defineProblem, Problem } from '../platform/problems/problem.js';

export const signingKeyWaits = defineProblem(
  'signing_key_waits',
  409,
  'The next signing key is published already',
);
export const tooManySigningKeys = defineProblem(
  'too_many_signing_keys',
  409,
  'There are too many signing keys',
);

export const signingKeyWaitsProblem = (kid: string, activatesAt: Date): Problem =>
  new Problem(signingKeyWaits, {
    detail: `The key ${kid} takes over at ${activatesAt.toISOString()}; with "immediately" it does so now`,
  });

export const tooManySigningKeysProblem = (alg: string, most: number): Problem =>
  new Problem(tooManySigningKeys, {
    detail: `At most ${most} keys for ${alg} are published: wait until retired ones are gone, or remove them`,
  });
