interface Subject {
  judging: number;
  readonly waiting: (() => void)[];
}

/** More than this is a flood, and is refused like any other. */
const longestQueue = 64;

/** Attempts on the same subject that this server is judging, and those that wait for one of them to end. */
export class Turns {
  readonly #subjects = new Map<string, Subject>();

  begin(key: string): void {
    const subject = this.#subjects.get(key) ?? { judging: 0, waiting: [] };
    subject.judging += 1;
    this.#subjects.set(key, subject);
  }

  /** Lets everybody who waits look again: it may be worth it, or nobody may be left to wait for. */
  end(key: string): void {
    const subject = this.#subjects.get(key);
    if (subject === undefined) return;
    subject.judging -= 1;
    if (subject.judging === 0) this.#subjects.delete(key);
    for (const look of subject.waiting.splice(0)) look();
  }

  /** Whether there is somebody to wait for, and room to wait. */
  mayWait(key: string): boolean {
    const subject = this.#subjects.get(key);
    return subject !== undefined && subject.waiting.length < longestQueue;
  }

  /** Until one of those that are being judged has ended; at once when there is none. */
  next(key: string): Promise<void> {
    const subject = this.#subjects.get(key);
    return subject === undefined
      ? Promise.resolve()
      : new Promise((look) => {
          subject.waiting.push(look);
        });
  }
}
