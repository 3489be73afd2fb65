import { isIP } from 'node:net';

/** A value that must never be printed: logs, errors and JSON show `[redacted]`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }
}

/** A named 256-bit key; the first of a list is the one in use, the others only open what they sealed. */
export interface NamedKey {
  readonly id: string;
  readonly key: Secret;
}

export interface Setting<T> {
  readonly name: string;
  readonly describe: string;
  readonly example: string;
  /** What holds when the variable is not set. */
  readonly otherwise: T;
  /** Shown in the documentation in place of the value. */
  readonly otherwiseText: string;
  readonly parse: (text: string) => T;
}

function setting<T>(
  name: string,
  options: {
    describe: string;
    example: string;
    otherwise: T;
    otherwiseText?: string;
    parse: (text: string) => T;
  },
): Setting<T> {
  return {
    name,
    describe: options.describe,
    example: options.example,
    otherwise: options.otherwise,
    otherwiseText: options.otherwiseText ?? (options.otherwise === null ? '' : String(options.otherwise)),
    parse: options.parse,
  };
}

function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new Error(`must be a whole number from ${least} to ${most}`);
    }
    return value;
  };
}

function oneOf<const Choice extends string>(...choices: Choice[]): (text: string) => Choice {
  return (text) => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) throw new Error(`must be one of ${choices.join(', ')}`);
    return choice;
  };
}

function httpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error('must be an http or https address');
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new Error('must be an origin: scheme, host and port, nothing behind');
  }
  return url.origin;
}

function postgresUrl(text: string): Secret {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw new Error('must be a postgres:// address');
  }
  return new Secret(text);
}

function redisUrl(text: string): Secret {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') {
    throw new Error('must be a redis:// or rediss:// address');
  }
  return new Secret(text);
}

/** Nothing behind the port: options there could turn off the verification of TLS. */
function smtpUrl(text: string): Secret {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') {
    throw new Error('must be an smtp:// or smtps:// address');
  }
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') {
    throw new Error('must end behind host and port');
  }
  return new Secret(text);
}

function emailAddress(value: string): string {
  if (!/^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,189}$/.test(value)) {
    throw new Error('must be an e-mail address, without a name');
  }
  return value.toLowerCase();
}

function text(most: number): (value: string) => string {
  return (value) => {
    if (value.length > most) throw new Error(`must have at most ${most} characters`);
    return value;
  };
}

/** What a host name can hold, because it may become part of one. */
function bucketName(value: string): string {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value)) {
    throw new Error('must have 3 to 63 lower-case letters, digits, dots and inner hyphens');
  }
  return value;
}

function addressRanges(value: string): string[] {
  const ranges = value.split(',').map((range) => range.trim());
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    if (family === 0 || (bits !== undefined && !(/^\d+$/.test(bits) && Number(bits) <= most))) {
      throw new Error(`"${range}" is no address or address range (CIDR)`);
    }
  }
  return ranges;
}

function namedKeys(value: string): NamedKey[] {
  const keys = value.split(',').map((entry) => {
    const [id = '', encoded = ''] = entry.trim().split(':');
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(id)) throw new Error('each entry must be "<id>:<32 bytes in base64>"');
    if (Buffer.from(encoded, 'base64').length !== 32) {
      throw new Error(`key "${id}" must be 32 bytes in base64`);
    }
    return { id, key: new Secret(encoded) };
  });
  if (new Set(keys.map((key) => key.id)).size !== keys.length) throw new Error('key ids must differ');
  return keys;
}

/**
 * Every setting of the server, in groups. The configuration reference and `.env.example` are generated from this
 * table; nothing else reads the environment.
 */
export const settings = {
  server: {
    environment: setting('NODE_ENV', {
      describe: 'In `production` the server refuses to start on unsafe values and lists them all.',
      example: 'production',
      otherwise: 'development',
      parse: oneOf('development', 'production', 'test'),
    }),
    host: setting('HOST', {
      describe: 'Address to listen on.',
      example: '0.0.0.0',
      otherwise: '127.0.0.1',
      parse: text(255),
    }),
    port: setting('PORT', {
      describe: 'Port to listen on; `0` takes a free one.',
      example: '3000',
      otherwise: 3000,
      parse: integer(0, 65535),
    }),
    publicUrl: setting<string | null>('PUBLIC_URL', {
      describe:
        'Origin under which people and applications reach this server. Links and cookies are made from it.',
      example: 'https://login.example.com',
      otherwise: null,
      otherwiseText: 'the address listened on',
      parse: httpUrl,
    }),
    metricsPort: setting<number | null>('METRICS_PORT', {
      describe: 'Port of the Prometheus metrics, on `HOST`. Not served while unset.',
      example: '9464',
      otherwise: null,
      parse: integer(0, 65535),
    }),
    trustedProxies: setting<string[]>('TRUSTED_PROXIES', {
      describe: 'Addresses or ranges (CIDR, comma-separated) whose `X-Forwarded-*` headers are believed.',
      example: '10.0.0.0/8',
      otherwise: [],
      parse: addressRanges,
    }),
    dataDir: setting('DATA_DIR', {
      describe:
        'Folder of the embedded PostgreSQL, of pictures unless they lie in S3, of captured mails and of secrets made for development.',
      example: '/var/lib/tenantry',
      otherwise: '.data',
      parse: text(1024),
    }),
    logLevel: setting('LOG_LEVEL', {
      describe: 'Least level written to the log. `debug` also logs each successful validation.',
      example: 'info',
      otherwise: 'info',
      parse: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    }),
  },
  database: {
    url: setting<Secret | null>('DATABASE_URL', {
      describe:
        'PostgreSQL 15 to 18, as the role that owns the schema: it migrates. Without it the server runs an embedded one.',
      example: 'postgres://tenantry:secret@db.internal:5432/tenantry',
      otherwise: null,
      otherwiseText: 'embedded',
      parse: postgresUrl,
    }),
    serverUrl: setting<Secret | null>('DATABASE_SERVER_URL', {
      describe:
        'The restricted role that serves requests, where `DATABASE_URL` may not create roles. It must own nothing.',
      example: 'postgres://tenantry_server:secret@db.internal:5432/tenantry',
      otherwise: null,
      otherwiseText: 'made by the server: `<database>_server`',
      parse: postgresUrl,
    }),
    poolSize: setting('DATABASE_POOL_SIZE', {
      describe: 'Connections for administration and sign-in. Validation has three of its own.',
      example: '10',
      otherwise: 10,
      parse: integer(1, 500),
    }),
    slowQueryMilliseconds: setting('SLOW_QUERY_MS', {
      describe: 'Statements that take longer are logged, without their values.',
      example: '200',
      otherwise: 200,
      parse: integer(1, 60_000),
    }),
  },
  mail: {
    smtpUrl: setting<Secret | null>('SMTP_URL', {
      describe:
        'Server that takes the mails: `smtps://` for TLS from the first byte (port 465), `smtp://` for STARTTLS (port 587). Its certificate is verified. While unset, mails are kept in files outside production, and wait in the outbox in production.',
      example: 'smtps://user:secret@mail.example.com:465',
      otherwise: null,
      parse: smtpUrl,
    }),
    smtpTls: setting('SMTP_TLS', {
      describe:
        '`required`: nothing is sent without TLS, except to a mail server on this machine. `optional`: an `smtp://` server without STARTTLS is accepted, for a relay inside a network of your own.',
      example: 'required',
      otherwise: 'required',
      parse: oneOf('required', 'optional'),
    }),
    from: setting<string | null>('MAIL_FROM', {
      describe: 'Address that mails come from. Their name is that of the organization.',
      example: 'no-reply@example.com',
      otherwise: null,
      otherwiseText: 'outside production: `no-reply@localhost`',
      parse: emailAddress,
    }),
    transport: setting<'smtp' | 'file' | 'console' | null>('MAIL_TRANSPORT', {
      describe:
        'Where mails go: `smtp`, or outside production `file` (`DATA_DIR/mails`, shown at `/dev/mails`) or `console`.',
      example: 'smtp',
      otherwise: null,
      otherwiseText: '`smtp` with `SMTP_URL`; else outside production `file`',
      parse: oneOf('smtp', 'file', 'console'),
    }),
  },
  security: {
    encryptionKeys: setting<NamedKey[]>('ENCRYPTION_KEYS', {
      describe:
        'Keys for what must be read back: `<id>:<32 bytes in base64>`, comma-separated. The first seals, all open.',
      example: 'k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=',
      otherwise: [],
      otherwiseText: 'outside production: made once, kept in `DATA_DIR`',
      parse: namedKeys,
    }),
    passwordPeppers: setting<NamedKey[]>('PASSWORD_PEPPER', {
      describe:
        'Secret that enters every password hash: `<id>:<32 bytes in base64>`, comma-separated. The first is used for new hashes. Losing it loses all passwords.',
      example: 'p1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=',
      otherwise: [],
      otherwiseText: 'outside production: made once, kept in `DATA_DIR`',
      parse: namedKeys,
    }),
  },
  limits: {
    hashQueue: setting('HASH_QUEUE', {
      describe: 'Password hashes that may wait for a core; beyond it the answer is 503.',
      example: '64',
      otherwise: 64,
      parse: integer(1, 10_000),
    }),
    failuresPerAddress: setting('LIMIT_FAILURES_PER_ADDRESS', {
      describe: 'Failed sign-ins that one address may make in ten minutes, per organization.',
      example: '100',
      otherwise: 100,
      parse: integer(1, 1_000_000),
    }),
    signUpsPerAddress: setting('LIMIT_SIGN_UPS_PER_ADDRESS', {
      describe:
        'Sign-ups that one address may make in an hour, per organization. Loopback is free outside production.',
      example: '20',
      otherwise: 20,
      parse: integer(1, 1_000_000),
    }),
    recoveriesPerAddress: setting('LIMIT_RECOVERIES_PER_ADDRESS', {
      describe:
        'Mails for verifying, resetting and signing in by link that one address may ask for in ten minutes, per organization. Loopback is free outside production.',
      example: '60',
      otherwise: 60,
      parse: integer(1, 1_000_000),
    }),
  },
  redis: {
    url: setting<Secret | null>('REDIS_URL', {
      describe:
        'Redis, where services look up which access tokens were revoked: `rediss://` with TLS. It may vanish at any time; the truth is in PostgreSQL.',
      example: 'rediss://user:secret@redis.internal:6379',
      otherwise: null,
      parse: redisUrl,
    }),
  },
  media: {
    s3Bucket: setting<string | null>('MEDIA_S3_BUCKET', {
      describe:
        'Bucket for pictures and logos, which are kept in `DATA_DIR/media` otherwise. Several servers of one deployment need it, or share that folder.',
      example: 'tenantry-media',
      otherwise: null,
      parse: bucketName,
    }),
    s3Endpoint: setting<string | null>('MEDIA_S3_ENDPOINT', {
      describe: 'Origin of a storage that speaks S3, such as MinIO or R2. Not set: Amazon’s own.',
      example: 'https://minio.internal:9000',
      otherwise: null,
      parse: httpUrl,
    }),
    s3Region: setting('MEDIA_S3_REGION', {
      describe: 'Region of the bucket; others than Amazon take any, or `auto`.',
      example: 'eu-central-1',
      otherwise: 'us-east-1',
      parse: text(64),
    }),
    s3AccessKeyId: setting<string | null>('MEDIA_S3_ACCESS_KEY_ID', {
      describe:
        'With `MEDIA_S3_SECRET_ACCESS_KEY`: who reads, writes and deletes objects there. Not set: what Amazon’s client finds by itself, such as the role of the machine.',
      example: 'AKIAIOSFODNN7EXAMPLE',
      otherwise: null,
      parse: text(256),
    }),
    s3SecretAccessKey: setting<Secret | null>('MEDIA_S3_SECRET_ACCESS_KEY', {
      describe: 'See `MEDIA_S3_ACCESS_KEY_ID`.',
      example: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      otherwise: null,
      parse: (value) => new Secret(value),
    }),
  },
  outbound: {
    allowedRanges: setting<string[]>('OUTBOUND_ALLOWED_RANGES', {
      describe:
        'Ranges (CIDR, comma-separated) that requests to addresses given by organizations may reach although they are not public: keys of applications, back-channel logout, providers. Outside production such addresses may then be `http` as well.',
      example: '10.20.0.0/16',
      otherwise: [],
      parse: addressRanges,
    }),
  },
  retention: {
    auditDays: setting('RETENTION_AUDIT_DAYS', {
      describe:
        'Days for which audit events are kept at least. They leave by whole months, when the last day of one is older.',
      example: '400',
      otherwise: 400,
      parse: integer(30, 36_500),
    }),
    sessionsDays: setting('RETENTION_SESSIONS_DAYS', {
      describe: 'Days for which sessions are kept after they were ended, or would have ended at the latest.',
      example: '30',
      otherwise: 30,
      parse: integer(1, 3_650),
    }),
    tokensDays: setting('RETENTION_TOKENS_DAYS', {
      describe: 'Days for which tokens of links are kept after they have expired, used or not.',
      example: '7',
      otherwise: 7,
      parse: integer(1, 3_650),
    }),
    mailsDays: setting('RETENTION_MAILS_DAYS', {
      describe: 'Days for which mails are kept that were sent or given up. What waits to be sent stays.',
      example: '30',
      otherwise: 30,
      parse: integer(1, 3_650),
    }),
  },
  firstOperator: {
    email: setting<string | null>('ADMIN_EMAIL', {
      describe:
        'With `ADMIN_PASSWORD`: creates the first operator on the first start, without the set-up link.',
      example: 'ops@example.com',
      otherwise: null,
      parse: text(254),
    }),
    password: setting<Secret | null>('ADMIN_PASSWORD', {
      describe: 'See `ADMIN_EMAIL`. At least 15 characters. May be removed after the first start.',
      example: 'correct horse battery staple',
      otherwise: null,
      parse: (value) => new Secret(value),
    }),
  },
} satisfies Record<string, Record<string, Setting<unknown>>>;

type ValueOf<S> = S extends Setting<infer T> ? T : never;

export type Config = {
  readonly [Group in keyof typeof settings]: {
    readonly [Name in keyof (typeof settings)[Group]]: ValueOf<(typeof settings)[Group][Name]>;
  };
};
