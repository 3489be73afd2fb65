/** What was measured, each name once a round. */
export class Samples {
  readonly #values = new Map<string, number[]>();

  add(name: string, value: number): void {
    this.#values.set(name, [...(this.#values.get(name) ?? []), value]);
  }

  addAll(prefix: string, values: Record<string, number>): void {
    for (const [name, value] of Object.entries(values)) this.add(`${prefix} ${name}`, value);
  }

  /** The median of the rounds. @throws Error for what was never measured */
  median(name: string): number {
    const sorted = [...this.#of(name)].sort((a, b) => a - b);
    const middle = Math.floor(sorted.length / 2);
    return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  }

  /** The median of the ratios in each round, so that a machine that drifts between rounds does not count. */
  ratio(name: string, toName: string): number {
    const to = this.#of(toName);
    const ratios = new Samples();
    this.#of(name).forEach((value, round) => ratios.add('ratio', value / to[round]!));
    return ratios.median('ratio');
  }

  sum(name: string): number {
    return this.#of(name).reduce((total, value) => total + value, 0);
  }

  #of(name: string): readonly number[] {
    const values = this.#values.get(name);
    if (values === undefined) throw new Error(`"${name}" was not measured`);
    return values;
  }
}
