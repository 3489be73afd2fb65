import { describe, expect, it } from '@jest/globals';
import { FileTransport } from '../../src/mail/file-transport.js';
import { chooseTransport } from '../../src/mail/mail-transport.choice.js';
import { SmtpTransport } from '../../src/mail/smtp-transport.js';
import { ConfigError, loadConfig } from '../../src/platform/config/config.js';

const key = Buffer.alloc(32, 'key').toString('base64');
const production = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://login.example.com',
  DATABASE_URL: 'postgres://tenantry:secret@db.internal/tenantry',
  ENCRYPTION_KEYS: `k1:${key}`,
  PASSWORD_PEPPER: `p1:${key}`,
};
const development = { ...production, NODE_ENV: 'development' };
const smtp = { SMTP_URL: 'smtps://user:pa%3Ass@mail.example.com', MAIL_FROM: 'no-reply@example.com' };

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('The settings of mail', () => {
  it.each([
    ['smtp://mail.example.com?tls.rejectUnauthorized=false', /SMTP_URL/],
    ['http://mail.example.com', /SMTP_URL/],
    ['smtp://mail.example.com/path', /SMTP_URL/],
    ['mail.example.com', /SMTP_URL/],
  ])('refuse the server %s', (url, problem) => {
    expect(problemsOf({ ...development, SMTP_URL: url })).toEqual([expect.stringMatching(problem)]);
  });

  it.each(['Acme <a@example.com>', 'a', 'a@b@c', 'a@example.com\r\nBcc: b@example.com'])(
    'refuse to send from %j',
    (address) => {
      expect(problemsOf({ ...development, MAIL_FROM: address })).toEqual([
        expect.stringMatching(/MAIL_FROM/),
      ]);
    },
  );

  it.each([
    ['file', { MAIL_TRANSPORT: 'file' }, /MAIL_TRANSPORT/],
    ['console', { MAIL_TRANSPORT: 'console' }, /MAIL_TRANSPORT/],
    ['a server without a sender', { SMTP_URL: smtp.SMTP_URL }, /MAIL_FROM/],
    ['no server, though one is wanted', { MAIL_TRANSPORT: 'smtp' }, /SMTP_URL/],
  ])('refuse in production: %s', (_, settings, problem) => {
    expect(problemsOf({ ...production, ...settings })).toEqual([expect.stringMatching(problem)]);
  });

  it('choose the way out: the server, files in development, and in production none', () => {
    expect(chooseTransport(loadConfig({ ...production, ...smtp }))).toBeInstanceOf(SmtpTransport);
    expect(chooseTransport(loadConfig(development))).toBeInstanceOf(FileTransport);
    expect(chooseTransport(loadConfig(production))).toBeNull();
  });
});
