import type { FieldError } from '../platform/problems/problem.js';
import { canonicalDomain } from '../users/identifiers.rules.js';
import { addressError } from './addresses.rules.js';
import type { ProviderType } from './provider.types.js';

export type ProviderSettings = Readonly<Record<string, unknown>>;

interface SettingRule {
  /** In place of what is left out; without one it has to be there. */
  readonly otherwise?: unknown;
  /** Whoever changes it can change who people are. */
  readonly tellsWho?: true;
  /** Stays what it was at the beginning: accounts hang on it. */
  readonly isFixed?: true;
  /** What is wrong with a value; null for nothing. */
  readonly check: (value: unknown, isDevelopment: boolean) => string | null;
}

const address: SettingRule['check'] = (value, isDevelopment) =>
  typeof value === 'string' ? addressError(value, isDevelopment) : 'must be an address';
/** With paths behind it. */
const base: SettingRule['check'] = (value, isDevelopment) =>
  address(value, isDevelopment) ??
  (/[/?]$|\?/.test(value as string) ? 'must have neither a slash at its end nor a query' : null);
const flag: SettingRule['check'] = (value) => (typeof value === 'boolean' ? null : 'must be true or false');
const domain: SettingRule['check'] = (value) =>
  value === null || (typeof value === 'string' && canonicalDomain(value) === value)
    ? null
    : 'must be a domain in lower case';
const choice =
  (...values: readonly (string | null)[]): SettingRule['check'] =>
  (value) =>
    values.includes(value as never)
      ? null
      : `must be one of ${values.map((one) => one ?? 'null').join(', ')}`;
const list =
  (least: number, most: number, pattern: RegExp, text: string): SettingRule['check'] =>
  (value) => {
    const isList =
      Array.isArray(value) &&
      value.length >= least &&
      value.length <= most &&
      new Set(value).size === value.length &&
      value.every((item) => typeof item === 'string' && pattern.test(item));
    return isList ? null : `must be a list of ${least} to ${most} different ${text}`;
  };

const acrs = list(0, 10, /^[\x21-\x7e]{1,200}$/, 'names of authentication contexts');
const secondFactorAcrs: SettingRule = { otherwise: [], check: acrs };

/** What only providers of one type have. */
export const settingRules: Readonly<Record<ProviderType, Readonly<Record<string, SettingRule>>>> = {
  google: {
    hostedDomain: { otherwise: null, check: domain },
    authorizationUrl: {
      otherwise: 'https://accounts.google.com/o/oauth2/v2/auth',
      tellsWho: true,
      check: address,
    },
    tokenUrl: { otherwise: 'https://oauth2.googleapis.com/token', tellsWho: true, check: address },
    userProfileUrl: {
      otherwise: 'https://www.googleapis.com/oauth2/v3/userinfo',
      tellsWho: true,
      check: address,
    },
    jwksUrl: { otherwise: 'https://www.googleapis.com/oauth2/v3/certs', tellsWho: true, check: address },
  },
  github: {
    baseUrl: { otherwise: 'https://github.com', isFixed: true, check: base },
    apiUrl: { otherwise: 'https://api.github.com', tellsWho: true, check: base },
  },
  microsoft: {
    tenants: {
      tellsWho: true,
      check: list(1, 50, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'ids of tenants, in lower case'),
    },
    authority: { otherwise: 'https://login.microsoftonline.com', isFixed: true, check: base },
    secondFactorAcrs,
  },
  oidc: {
    tokenAuthMethod: {
      otherwise: null,
      check: choice(null, 'client_secret_basic', 'client_secret_post', 'none'),
    },
    acrValues: { otherwise: [], check: acrs },
    secondFactorAcrs,
    readsUserInfo: { otherwise: true, check: flag },
  },
  oauth2: {
    authorizationUrl: { tellsWho: true, check: address },
    tokenUrl: { tellsWho: true, check: address },
    userInfoUrl: { tellsWho: true, check: address },
    tokenAuthMethod: {
      otherwise: 'client_secret_post',
      check: choice('client_secret_basic', 'client_secret_post', 'none'),
    },
    usesPkce: { otherwise: true, check: flag },
  },
  organization: {},
};

/** With what was left out; and what is wrong with it. */
export function readSettings(
  type: ProviderType,
  given: ProviderSettings,
  isDevelopment: boolean,
): { settings: ProviderSettings; errors: FieldError[] } {
  const rules = settingRules[type];
  const errors: FieldError[] = [];
  for (const name of Object.keys(given))
    if (!Object.hasOwn(rules, name))
      errors.push({ pointer: `/settings/${name}`, detail: `there is no such setting of ${type}` });
  const settings = Object.entries(rules).map(([name, { otherwise, check }]) => {
    const value = given[name] ?? otherwise;
    const pointer = `/settings/${name}`;
    if (value === undefined) errors.push({ pointer, detail: 'must be there' });
    else {
      const detail = check(value, isDevelopment);
      if (detail !== null) errors.push({ pointer, detail });
    }
    return [name, value];
  });
  return { settings: Object.fromEntries(settings) as ProviderSettings, errors };
}
