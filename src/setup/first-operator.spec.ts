import { describe, expect, it } from '@jest/globals';
import { loadJudgedConfig } from '../platform/config/config.js';
import { judgeFirstOperator } from './first-operator.js';

const key = Buffer.alloc(32, 'first operator').toString('base64');
const operator = { ADMIN_EMAIL: 'root@example.com', ADMIN_PASSWORD: 'seven grey herons at dawn' };
const judged = (settings: Record<string, string>) =>
  loadJudgedConfig(judgeFirstOperator, {
    NODE_ENV: 'test',
    ENCRYPTION_KEYS: `k1:${key}`,
    PASSWORD_PEPPER: `p1:${key}`,
    ...operator,
    ...settings,
  });

describe('The first operator of the settings', () => {
  it('is accepted with an address and a good password', async () => {
    expect((await judged({})).firstOperator.email).toBe('root@example.com');
    expect((await judged({ ADMIN_EMAIL: '', ADMIN_PASSWORD: '' })).firstOperator.email).toBeNull();
  });

  it('is refused together with every other wrong value', async () => {
    const wrong = { ADMIN_EMAIL: 'root', ADMIN_PASSWORD: 'root on the platform', PORT: '70000' };

    await expect(judged(wrong)).rejects.toMatchObject({
      problems: [
        expect.stringMatching(/^PORT must be/),
        'ADMIN_EMAIL must be an e-mail address',
        expect.stringMatching(/^ADMIN_PASSWORD is easy to guess/),
      ],
    });
  });

  it.each([
    ['few words', /ADMIN_PASSWORD is too short/],
    ['password1password1', /ADMIN_PASSWORD is among the passwords that are guessed first/],
    ['many words '.repeat(24), /ADMIN_PASSWORD must have at most 256 characters/],
    ['', /must be set together/],
  ])('is refused with the password %s, which no message repeats', async (password, message) => {
    const refusal = judged({ ADMIN_PASSWORD: password });

    await expect(refusal).rejects.toThrow(message);
    if (password !== '') await expect(refusal).rejects.not.toThrow(password);
  });
});
