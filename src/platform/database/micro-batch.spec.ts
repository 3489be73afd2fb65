import { describe, expect, it } from '@jest/globals';
import { MicroBatch } from './micro-batch.js';

const rejected = (code: string): Error => Object.assign(new Error(code), { code });

describe('A micro-batch', () => {
  it('asks what comes in one turn of the event loop in two statements at most, and answers each', async () => {
    const sent: number[][] = [];
    const batch = new MicroBatch<number, number>(async (questions) => {
      sent.push([...questions]);
      return questions.map((question) => question * 10);
    });

    expect(await Promise.all([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((one) => batch.ask(one)))).toEqual([
      10, 20, 30, 40, 50, 60, 70, 80, 90, 100,
    ]);
    expect(sent).toEqual([
      [1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10],
    ]);
  });

  it('remembers nothing: what comes later is asked anew', async () => {
    let asked = 0;
    const batch = new MicroBatch<string, number>(async () => [++asked]);

    expect([await batch.ask('same'), await batch.ask('same')]).toEqual([1, 2]);
  });

  it('lets nobody pay for the mistake of another', async () => {
    const batch = new MicroBatch<string, string>(async (questions) => {
      if (questions.includes('bad')) throw rejected('23503');
      return questions;
    });

    expect(await Promise.allSettled(['good', 'bad', 'fine'].map((one) => batch.ask(one)))).toEqual([
      { status: 'fulfilled', value: 'good' },
      { status: 'rejected', reason: expect.objectContaining({ code: '23503' }) },
      { status: 'fulfilled', value: 'fine' },
    ]);
  });

  it.each(['ECONNRESET', '08006', '57P01'])(
    'does nothing a second time that may have been done: %s',
    async (code) => {
      let sent = 0;
      const batch = new MicroBatch<number, number>(async () => {
        sent += 1;
        throw rejected(code);
      });

      const answers = await Promise.allSettled([1, 2, 3].map((one) => batch.ask(one)));

      expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      expect(sent).toBe(1);
    },
  );
});
