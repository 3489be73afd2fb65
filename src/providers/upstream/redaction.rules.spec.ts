import { describe, expect, it } from '@jest/globals';
import { readable, redact } from './redaction.rules.js';

describe('What is kept of an answer', () => {
  it('has words of the protocol as they came, and nothing that opens something or names somebody', () => {
    const answer = {
      access_token: 'ya29.secret',
      token_type: 'Bearer',
      expires_in: 3600,
      email: 'max@acme.example',
      email_verified: true,
      name: 'Max',
      id: 4711,
      emails: [{ email: 'max@acme.example', primary: true }],
    };

    expect(redact(answer)).toEqual({
      access_token: '(11 characters)',
      token_type: 'Bearer',
      expires_in: 3600,
      email: '…@acme.example',
      email_verified: true,
      name: '(3 characters)',
      id: '(number)',
      emails: [{ email: '…@acme.example', primary: true }],
    });
  });

  it('stays small, and on one line', () => {
    let deep: unknown = 'x';
    for (let depth = 0; depth < 100; depth++) deep = { deep };
    const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`n${index}`, 'x']));

    expect(JSON.stringify(redact(deep)).length).toBeLessThan(200);
    expect(Object.keys(redact(wide) as object)).toHaveLength(40);
    expect(readable(`a\u0000b\n${'x'.repeat(1_000)}`)).toMatch(/^a b x+…$/);
  });
});
