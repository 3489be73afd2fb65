import { createHash, randomBytes } from 'node:crypto';
import * as reference from 'argon2';
import type { NamedKey } from '../config/settings.js';
import { HashGate } from './hash-gate.js';

/** OWASP's second choice for argon2id: 19 MiB, two passes, one lane. */
const memoryKiB = 19_456;
const passes = 2;
const lanes = 1;
const outputBytes = 32;

export interface HashEngine {
  hash(password: string, pepper: Buffer): Promise<string>;
  verify(digest: string, password: string, pepper: Buffer): Promise<boolean>;
}

export const portableEngine: HashEngine = {
  hash: async (password, secret) => {
    const digest = await reference.hash(password, {
      type: reference.argon2id,
      memoryCost: memoryKiB,
      timeCost: passes,
      parallelism: lanes,
      hashLength: outputBytes,
      secret,
    });
    // It sorts the parameters by name, while Argon2's own format is m, t, p; both engines read either.
    return digest.replace(/\$(m=\d+),(p=\d+),(t=\d+)\$/, '$$$1,$3,$2$$');
  },
  verify: (digest, password, secret) => reference.verify(digest, password, { secret }),
};

/** The native build needs half the CPU time and writes the same digests; where there is none, the portable one works. */
async function loadEngine(): Promise<HashEngine> {
  try {
    const native = await import('@node-rs/argon2');
    const cost = { memoryCost: memoryKiB, timeCost: passes, parallelism: lanes, outputLen: outputBytes };
    return {
      hash: (password, secret) => native.hash(password, { ...cost, algorithm: 2, secret }),
      verify: (digest, password, secret) => native.verify(digest, password, { secret }),
    };
  } catch {
    return portableEngine;
  }
}

/**
 * Password hashes: argon2id with a pepper that is not in the database, in PHC string format. The id of the pepper stands
 * in the string as `keyid`, so that peppers can be replaced.
 */
export class PasswordHasher {
  readonly #peppers: ReadonlyMap<string, Buffer>;
  readonly #currentPepper: string;
  readonly #gate: HashGate;
  #hashesRun = 0;
  #engine: Promise<HashEngine> | undefined;
  #dummy: Promise<string> | undefined;

  /** @param engine the fastest that runs here, unless told */
  constructor(peppers: readonly NamedKey[], gate: HashGate, engine?: HashEngine) {
    const [first] = peppers;
    if (first === undefined) throw new Error('a password hasher needs a pepper');
    this.#peppers = new Map(
      peppers.map(({ id, key }) => [phcKeyId(id), Buffer.from(key.reveal(), 'base64')]),
    );
    this.#currentPepper = phcKeyId(first.id);
    this.#gate = gate;
    if (engine) this.#engine = Promise.resolve(engine);
  }

  /** How many hashes were computed since the start: known and unknown accounts must count the same. */
  get hashesRun(): number {
    return this.#hashesRun;
  }

  get gate(): HashGate {
    return this.#gate;
  }

  /** @throws Problem `unavailable` when too many hashes wait */
  hash(password: string): Promise<string> {
    const pepper = this.#peppers.get(this.#currentPepper)!;
    return this.#gate.run(async () => {
      this.#hashesRun += 1;
      const digest = await (await this.engine()).hash(normalize(password), pepper);
      return digest.replace(`p=${lanes}$`, `p=${lanes},keyid=${this.#currentPepper}$`);
    });
  }

  /**
   * Whether the password is the one; with null (no such account, or no password yet) it is false after the same work.
   *
   * @throws Problem `unavailable` when too many hashes wait
   */
  async verify(stored: string | null, password: string): Promise<boolean> {
    const keyId = stored === null ? undefined : /,keyid=([A-Za-z0-9+/]+)\$/.exec(stored)?.[1];
    const pepper = keyId === undefined ? undefined : this.#peppers.get(keyId);
    const genuine = stored !== null && pepper !== undefined;
    const digest = genuine ? stored.replace(`,keyid=${keyId}`, '') : await this.dummyDigest();
    return this.#gate.run(async () => {
      this.#hashesRun += 1;
      const engine = await this.engine();
      const matches = await engine.verify(
        digest,
        normalize(password),
        pepper ?? this.#peppers.get(this.#currentPepper)!,
      );
      return matches && genuine;
    });
  }

  /** Whether a stored hash has weaker parameters than new ones, or an older pepper. */
  needsRehash(stored: string): boolean {
    const cost = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+),keyid=([A-Za-z0-9+/]+)\$/.exec(stored);
    if (cost === null) return true;
    return Number(cost[1]) < memoryKiB || Number(cost[2]) < passes || cost[4] !== this.#currentPepper;
  }

  private engine(): Promise<HashEngine> {
    return (this.#engine ??= loadEngine());
  }

  private dummyDigest(): Promise<string> {
    return (this.#dummy ??= this.engine().then((engine) =>
      engine.hash(randomBytes(32).toString('base64'), this.#peppers.get(this.#currentPepper)!),
    ));
  }
}

/** Unicode spells some characters in two ways; NFC makes them one (NIST SP 800-63B-4, section 3.1.1.2). */
function normalize(password: string): string {
  return password.normalize('NFC');
}

/** PHC strings want key ids in base64 without padding; hashing any id gives a short one of that alphabet. */
function phcKeyId(id: string): string {
  return createHash('sha256').update(id).digest('base64').slice(0, 8);
}
