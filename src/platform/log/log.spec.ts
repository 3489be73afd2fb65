import { describe, expect, it } from '@jest/globals';
import { createLog } from './log.js';

function logged(entry: object): Record<string, unknown> {
  let line = '';
  createLog('info', { write: (text: string) => void (line += text) }).info(entry, 'message');
  return JSON.parse(line) as Record<string, unknown>;
}

describe('The log', () => {
  it('never holds what has the name of a secret, however deep it stands', () => {
    const entry = {
      password: 'p1',
      request: { authorization: 'Bearer p2', list: [{ token: 'p3' }, { a: { b: { cookie: 'p4' } } }] },
      key: { nested: 'p5' },
    };

    const line = JSON.stringify(logged(entry));

    expect(line).not.toMatch(/p[1-5]/);
    expect(line.match(/\[redacted\]/g)).toHaveLength(5);
    expect(entry.password).toBe('p1');
  });

  it('cuts off what is nested deeper than it looks', () => {
    const line = JSON.stringify(
      logged({ a: { b: { c: { d: { e: { f: { g: { password: 'hidden' } } } } } } } }),
    );

    expect(line).not.toContain('hidden');
    expect(line).toContain('[too deep]');
  });

  it('leaves everything else as it is', () => {
    const at = new Date('2026-01-01T00:00:00Z');

    expect(logged({ route: '/v1/me', status: 200, roles: ['owner'], at })).toMatchObject({
      route: '/v1/me',
      status: 200,
      roles: ['owner'],
      at: at.toISOString(),
    });
  });

  it('describes an error without the values of its statement', () => {
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      parameters: ['hash-of-password'],
    });

    const line = JSON.stringify(logged({ error }));

    expect(line).toContain('23505');
    expect(line).not.toContain('hash-of-password');
  });
});
