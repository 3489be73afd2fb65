import { verify } from '@node-rs/argon2';
import { availableParallelism } from 'node:os';

/*
 * How many argon2id verifications a second this core does when it does nothing else: as many at once as there are cores,
 * with the parameters, pepper and password of the sign-ins.
 */

const {
  DIGEST: digest = '',
  PASSWORD: password = '',
  PEPPER: pepper = '',
  MILLISECONDS: milliseconds,
} = process.env;
const secret = Buffer.from(pepper, 'base64');

if (!(await verify(digest, password, { secret }))) throw new Error('the digest does not fit');
const startedAt = performance.now();
const endsAt = startedAt + Number(milliseconds);
let hashes = 0;
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    while (performance.now() < endsAt) {
      await verify(digest, password, { secret });
      hashes += 1;
    }
  }),
);
console.log((hashes * 1_000) / (performance.now() - startedAt));
