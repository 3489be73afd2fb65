import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from '../../src/platform/config/config.js';
import { makeTemporaryDirectory } from '../support/temporary-directory.js';

const key = (text: string) => Buffer.alloc(32, text).toString('base64');

const production = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://login.example.com',
  DATABASE_URL: 'postgres://tenantry:hidden-word@db.internal/tenantry',
  ENCRYPTION_KEYS: `k1:${key('encryption')}`,
  PASSWORD_PEPPER: `p1:${key('pepper')}`,
};

let directory: string;
beforeAll(() => {
  directory = makeTemporaryDirectory('config');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('The configuration', () => {
  it('accepts what is safe in production', () => {
    const config = loadConfig(production);

    expect(config.server.publicUrl).toBe('https://login.example.com');
    expect(config.database.url?.reveal()).toBe(production.DATABASE_URL);
  });

  it('lists every wrong value at once, by name', () => {
    const problems = problemsOf({
      PORT: '70000',
      NODE_ENV: 'staging',
      PUBLIC_URL: 'https://login.example.com/path',
      DATABASE_URL: 'mysql://root:hidden-word@db/x',
      ENCRYPTION_KEYS: 'k1:c2hvcnQ=',
      TRUSTED_PROXIES: '10.0.0.0/33',
      HASH_QUEUE: '-1',
      LOG_LEVEL: 'loud',
    });

    expect(problems).toHaveLength(8);
    for (const name of [
      'PORT',
      'NODE_ENV',
      'PUBLIC_URL',
      'DATABASE_URL',
      'ENCRYPTION_KEYS',
      'TRUSTED_PROXIES',
      'HASH_QUEUE',
      'LOG_LEVEL',
    ]) {
      expect(problems.filter((problem) => problem.startsWith(`${name} `))).toHaveLength(1);
    }
    expect(problems.join()).not.toContain('hidden-word');
  });

  it('lists every unsafe value of production at once', () => {
    const problems = problemsOf({
      NODE_ENV: 'production',
      TRUSTED_PROXIES: '0.0.0.0/0',
      LOG_LEVEL: 'debug',
      ADMIN_EMAIL: 'ops@example.com',
    });

    expect(problems).toEqual([
      'ADMIN_EMAIL and ADMIN_PASSWORD must be set together',
      'PUBLIC_URL must be set in production',
      'DATABASE_URL must be set in production',
      'ENCRYPTION_KEYS must be set in production',
      'PASSWORD_PEPPER must be set in production',
      'TRUSTED_PROXIES must not trust every address',
      'LOG_LEVEL must be info or less in production',
    ]);
  });

  it('lists what is wrong and what is unsafe together, each once', () => {
    const problems = problemsOf({
      ...production,
      PUBLIC_URL: 'http://login.example.com',
      DATABASE_URL: 'mysql://db.internal/tenantry',
      TRUSTED_PROXIES: '0.0.0.0/0',
    });

    expect(problems).toEqual([
      'DATABASE_URL must be a postgres:// address',
      'PUBLIC_URL must be https in production',
      'TRUSTED_PROXIES must not trust every address',
    ]);
  });

  it('refuses one port for two things', () => {
    expect(problemsOf({ PORT: '4000', METRICS_PORT: '4000' })).toEqual([
      'METRICS_PORT must differ from PORT',
    ]);
  });

  it.each([
    [
      'an address without TLS',
      { PUBLIC_URL: 'http://login.example.com' },
      'PUBLIC_URL must be https in production',
    ],
    [
      'the example of the documentation as key',
      { ENCRYPTION_KEYS: `mine:${exampleFromDocumentation('ENCRYPTION_KEYS')}` },
      'ENCRYPTION_KEYS must not be the example from the documentation',
    ],
    [
      'the example of the documentation as pepper',
      { PASSWORD_PEPPER: `p1:${key('own')},old:${exampleFromDocumentation('PASSWORD_PEPPER')}` },
      'PASSWORD_PEPPER must not be the example from the documentation',
    ],
  ])('refuses in production %s', (_, unsafe, problem) => {
    expect(problemsOf({ ...production, ...unsafe })).toEqual([problem]);
  });

  it.each([
    ['on a loopback address', { HOST: '127.0.0.1' }, true],
    [
      'where it is said to be reached from this machine only',
      { HOST: '0.0.0.0', PUBLIC_URL: 'http://localhost:3000' },
      true,
    ],
    ['on every address', { HOST: '0.0.0.0' }, false],
    ['on every address under a name', { HOST: '::', PUBLIC_URL: 'http://login.example.com' }, false],
    ['on every address behind TLS', { HOST: '0.0.0.0', PUBLIC_URL: 'https://login.example.com' }, true],
  ])('starts without TLS outside production only for this machine: %s', (_, settings, isTaken) => {
    const problems = problemsOf({ ...production, NODE_ENV: 'development', PUBLIC_URL: '', ...settings });

    expect(problems).toEqual(isTaken ? [] : [expect.stringMatching(/^HOST must be a loopback address/)]);
  });

  it('shows no secret, however it is printed', () => {
    const config = loadConfig({
      ...production,
      ADMIN_EMAIL: 'ops@example.com',
      ADMIN_PASSWORD: 'hidden-word of the admin',
    });

    for (const text of [
      JSON.stringify(config),
      inspect(config, { depth: 9, showHidden: true }),
      `${config.firstOperator.password}`,
    ]) {
      expect(text).not.toContain('hidden-word');
      expect(text).not.toContain(key('encryption'));
      expect(text).not.toContain(key('pepper'));
    }
    expect(JSON.stringify(config)).toContain('[redacted]');
  });

  it('cannot be changed afterwards', () => {
    const config = loadConfig(production) as unknown as { server: { port: number } };

    expect(() => {
      config.server.port = 1;
    }).toThrow(TypeError);
  });

  it('makes keys once outside production, for the owner of the folder only', () => {
    const dataDir = join(directory, 'made');
    const first = loadConfig({ DATA_DIR: dataDir });
    const second = loadConfig({ DATA_DIR: dataDir });

    expect(second.security.encryptionKeys[0]?.key.reveal()).toBe(
      first.security.encryptionKeys[0]?.key.reveal(),
    );
    expect(statSync(join(dataDir, 'secrets.json')).mode & 0o077).toBe(0);
  });

  it('makes no keys where they are given', () => {
    const dataDir = join(directory, 'not made');
    loadConfig({ ...production, NODE_ENV: 'development', DATA_DIR: dataDir });

    expect(existsSync(dataDir)).toBe(false);
  });
});

function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** As somebody would copy it. */
function exampleFromDocumentation(name: string): string {
  const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  return new RegExp(`^# ${name}=[^:]+:(.+)$`, 'm').exec(example)![1]!;
}
