import { describe, expect, it } from '@jest/globals';
import { perDay, readDays } from './analytics.rules.js';

const now = new Date('2027-03-02T23:59:59Z');

describe('readDays', () => {
  it.each([
    [{}, '2027-02-01', '2027-03-02'],
    [{ to: '2027-01-31' }, '2027-01-02', '2027-01-31'],
    [{ from: '2027-03-02' }, '2027-03-02', '2027-03-02'],
    [{ from: '2026-03-02', to: '2027-03-02' }, '2026-03-02', '2027-03-02'],
    [{ from: '2028-02-29', to: '2028-03-01' }, '2028-02-29', '2028-03-01'],
  ])('reads %j', (given, from, to) => {
    expect(readDays(given, now)).toEqual({ from, to });
  });

  it.each([
    [{ to: '2027-02-30' }, '/query/to'],
    [{ from: '2027-13-01' }, '/query/from'],
    [{ to: '0000-01-01' }, '/query/to'],
    [{ to: '1969-12-31' }, '/query/to'],
    [{ from: '2027-03-03' }, '/query/to'],
    [{ from: '2026-03-01', to: '2027-03-02' }, '/query/from'],
  ])('refuses %j', (given, pointer) => {
    expect(() => readDays(given, now)).toThrow(
      expect.objectContaining({ errors: [{ pointer, detail: expect.any(String) }] }),
    );
  });
});

describe('perDay', () => {
  it('has every day, across the change of clocks too', () => {
    const range = { from: '2027-03-27', to: '2027-03-29' };

    expect(perDay(range, [{ day: '2027-03-28', count: 7 }])).toEqual([
      { day: '2027-03-27', count: 0 },
      { day: '2027-03-28', count: 7 },
      { day: '2027-03-29', count: 0 },
    ]);
  });
});
