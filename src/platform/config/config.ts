import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Config, Secret, type Setting, settings } from './settings.js';

/** Injection token of the configuration. */
export const CONFIG = Symbol('config');

/** Everything that is wrong with the settings, found in one go. The message names variables, never their values. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `The server cannot start with these settings:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

const loopbackHosts = ['127.0.0.1', '::1', '[::1]', 'localhost'];

/**
 * Reads, checks and freezes the configuration.
 *
 * @throws ConfigError listing every wrong or, in production, unsafe value
 */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const { config, problems } = readConfig(environment);
  return accepted(config, problems);
}

/** Says what is wrong with values of which only a feature knows what they must be. */
export type ConfigJudge = (config: Config) => Promise<readonly string[]>;

/** The same, with what the judge says in the same list. @throws ConfigError */
export async function loadJudgedConfig(
  judge: ConfigJudge,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Config> {
  const { config, problems } = readConfig(environment);
  return accepted(config, [...problems, ...(await judge(config))]);
}

function accepted(config: Config, problems: readonly string[]): Config {
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze({ ...config, security: withDevelopmentSecrets(config) });
}

function readConfig(environment: NodeJS.ProcessEnv): { config: Config; problems: string[] } {
  const wrong = new Map<string, string>();
  const config = readSettings(environment, wrong);
  // A value that cannot be read stands in the list already, so nothing is said of what holds in its place.
  const unread = [...wrong.keys()].map((name) => new RegExp(`\\b${name}\\b`));
  const unsafe = unsafeValues(config).filter((problem) => !unread.some((name) => name.test(problem)));
  return { config, problems: [...wrong.values(), ...unsafe] };
}

/** @param wrong gets what is wrong, by name */
function readSettings(environment: NodeJS.ProcessEnv, wrong: Map<string, string>): Config {
  const groups = Object.entries(settings).map(([group, members]) => {
    const values = Object.entries(members as Record<string, Setting<unknown>>).map(([key, setting]) => {
      const text = environment[setting.name];
      if (text === undefined || text === '') return [key, setting.otherwise];
      try {
        return [key, setting.parse(text)];
      } catch (error) {
        wrong.set(setting.name, `${setting.name} ${(error as Error).message}`);
        return [key, setting.otherwise];
      }
    });
    return [group, Object.freeze(Object.fromEntries(values))];
  });
  return Object.fromEntries(groups) as Config;
}

/** What must not run: everywhere what cannot work, and in production what is not safe. */
function unsafeValues({ server, database, security, mail, media, firstOperator }: Config): string[] {
  const problems: string[] = [];
  if ((firstOperator.email === null) !== (firstOperator.password === null)) {
    problems.push('ADMIN_EMAIL and ADMIN_PASSWORD must be set together');
  }
  if (server.metricsPort === server.port && server.port !== 0) {
    problems.push('METRICS_PORT must differ from PORT');
  }
  problems.push(...incompleteStorage(media));
  if (mail.transport === 'smtp' && mail.smtpUrl === null) {
    problems.push('SMTP_URL must be set for MAIL_TRANSPORT=smtp');
  }
  const publicUrl = server.publicUrl ?? 'http://localhost';
  const plain = publicUrl.startsWith('http:');
  if (server.environment !== 'production') {
    // Without TLS, session cookies and passwords would cross the network readable.
    // In a container every address is listened on, and only who publishes the port knows from where it is reached.
    const isSaidToBeLocal = server.publicUrl !== null && loopbackHosts.includes(new URL(publicUrl).hostname);
    const isLocal = loopbackHosts.includes(server.host) || isSaidToBeLocal;
    if (plain && !isLocal) {
      problems.push(
        'HOST must be a loopback address while PUBLIC_URL is not https; in a container whose port is published to this machine only, say so with PUBLIC_URL=http://localhost:3000',
      );
    }
    return problems;
  }
  if (server.publicUrl === null) problems.push('PUBLIC_URL must be set in production');
  else if (plain) problems.push('PUBLIC_URL must be https in production');
  if (database.url === null) problems.push('DATABASE_URL must be set in production');
  // Links in captured mails let anybody in who can read the log or the folder.
  if (mail.transport === 'file' || mail.transport === 'console') {
    problems.push(`MAIL_TRANSPORT must not be ${mail.transport} in production`);
  }
  if (mail.smtpUrl !== null && mail.from === null) problems.push('MAIL_FROM must be set with SMTP_URL');
  if (security.encryptionKeys.length === 0) problems.push('ENCRYPTION_KEYS must be set in production');
  if (security.passwordPeppers.length === 0) problems.push('PASSWORD_PEPPER must be set in production');
  const known = Object.values(settings.security).map((setting) => setting.example.split(':')[1]);
  for (const [name, keys] of [
    ['ENCRYPTION_KEYS', security.encryptionKeys],
    ['PASSWORD_PEPPER', security.passwordPeppers],
  ] as const) {
    if (keys.some(({ key }) => known.includes(key.reveal()))) {
      problems.push(`${name} must not be the example from the documentation`);
    }
  }
  if (server.trustedProxies.some((range) => range.endsWith('/0'))) {
    problems.push('TRUSTED_PROXIES must not trust every address');
  }
  if (['trace', 'debug'].includes(server.logLevel))
    problems.push('LOG_LEVEL must be info or less in production');
  return problems;
}

/** Settings of a storage that would be ignored, or could not work. */
function incompleteStorage(media: Config['media']): string[] {
  const problems: string[] = [];
  if ((media.s3AccessKeyId === null) !== (media.s3SecretAccessKey === null)) {
    problems.push('MEDIA_S3_ACCESS_KEY_ID and MEDIA_S3_SECRET_ACCESS_KEY must be set together');
  }
  if (media.s3Bucket === null && (media.s3Endpoint !== null || media.s3AccessKeyId !== null)) {
    problems.push('MEDIA_S3_BUCKET must be set where other settings of the storage are');
  }
  return problems;
}

/** Outside production, secrets that are not set are made once and kept beside the development database. */
function withDevelopmentSecrets({ server, security }: Config): Config['security'] {
  if (security.encryptionKeys.length > 0 && security.passwordPeppers.length > 0) return security;
  const path = resolve(server.dataDir, 'secrets.json');
  if (!existsSync(path)) {
    mkdirSync(server.dataDir, { recursive: true, mode: 0o700 });
    const made = {
      encryptionKey: randomBytes(32).toString('base64'),
      pepper: randomBytes(32).toString('base64'),
    };
    try {
      // `wx`: of two servers that start at once only one makes them, the other reads what it made.
      writeFileSync(path, JSON.stringify(made), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  const kept = JSON.parse(readFileSync(path, 'utf8')) as { encryptionKey: string; pepper: string };
  return {
    encryptionKeys:
      security.encryptionKeys.length > 0
        ? security.encryptionKeys
        : [{ id: 'dev', key: new Secret(kept.encryptionKey) }],
    passwordPeppers:
      security.passwordPeppers.length > 0
        ? security.passwordPeppers
        : [{ id: 'dev', key: new Secret(kept.pepper) }],
  };
}
