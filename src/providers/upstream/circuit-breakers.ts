import { Injectable } from '@nestjs/common';
import { UpstreamFailure } from '../upstream-failures.types.js';

const failuresUntilPause = 3;
const pauseMilliseconds = 30_000;
const most = 10_000;

interface Circuit {
  failures: number;
  pausedUntil: number;
}

/**
 * A provider that does not answer costs each of its people three seconds and us a waiting request. After some in a row it is
 * left alone for a while, and then one of them finds out whether it is back. Each server knows for itself.
 */
@Injectable()
export class CircuitBreakers {
  readonly #circuits = new Map<string, Circuit>();

  /** @throws UpstreamFailure `upstream_paused`, or whatever `work` throws */
  async guard<T>(key: string, work: () => Promise<T>): Promise<T> {
    this.requireClosed(key);
    const circuit = this.#circuits.get(key);
    // Whoever tries whether it is back tries alone.
    if (circuit !== undefined && circuit.failures >= failuresUntilPause)
      circuit.pausedUntil = Date.now() + pauseMilliseconds;
    try {
      const result = await work();
      this.#circuits.delete(key);
      return result;
    } catch (error) {
      if (error instanceof UpstreamFailure && error.isOutage) this.count(key);
      // It answered, whatever it said.
      else if (error instanceof UpstreamFailure) this.#circuits.delete(key);
      throw error;
    }
  }

  /** @throws UpstreamFailure `upstream_paused` */
  requireClosed(key: string): void {
    const circuit = this.#circuits.get(key);
    if (circuit === undefined || circuit.failures < failuresUntilPause) return;
    const seconds = Math.ceil((circuit.pausedUntil - Date.now()) / 1000);
    if (seconds > 0) throw new UpstreamFailure('upstream_paused', `It is asked again in ${seconds} s`);
  }

  private count(key: string): void {
    const circuit = this.#circuits.get(key) ?? { failures: 0, pausedUntil: 0 };
    circuit.failures += 1;
    circuit.pausedUntil = Date.now() + pauseMilliseconds;
    this.#circuits.set(key, circuit);
    if (this.#circuits.size > most) this.#circuits.delete(this.#circuits.keys().next().value!);
  }
}
