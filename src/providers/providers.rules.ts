import type { FieldError } from '../platform/problems/problem.js';
import { sameJson } from '../platform/json/merge-patch.rules.js';
import { canonicalDomain } from '../users/identifiers.rules.js';
import { addressError } from './addresses.rules.js';
import { mappedClaims } from './claim-names.rules.js';
import type { ClaimMapping, ProviderType } from './provider.types.js';
import { type ProviderSettings, readSettings, settingRules } from './provider-settings.rules.js';

export const mostProviders = 50;

/** What a body says of a provider, beside what says which roles it gives. */
export interface ProviderInput {
  readonly displayName?: string;
  readonly icon?: string;
  readonly isEnabled?: boolean;
  readonly clientId?: string;
  readonly settings?: ProviderSettings;
  readonly scopes?: readonly string[];
  readonly claimMapping?: ClaimMapping;
  readonly allowedDomains?: readonly string[];
  readonly trustedDomains?: readonly string[];
  readonly justInTime?: boolean;
  readonly acceptsUpstreamMfa?: boolean;
}

export interface DecidedContent {
  readonly displayName: string;
  readonly icon: string;
  readonly isEnabled: boolean;
  readonly clientId: string;
  readonly settings: ProviderSettings;
  readonly scopes: readonly string[];
  readonly claimMapping: ClaimMapping;
  readonly allowedDomains: readonly string[];
  readonly trustedDomains: readonly string[];
  readonly justInTime: boolean;
  readonly acceptsUpstreamMfa: boolean;
}

interface Decision {
  readonly content: DecidedContent;
  readonly errors: FieldError[];
}

const usual: Readonly<
  Record<ProviderType, { displayName: string; icon: string; scopes: readonly string[] }>
> = {
  google: { displayName: 'Google', icon: 'google', scopes: ['openid', 'email', 'profile'] },
  github: { displayName: 'GitHub', icon: 'github', scopes: ['read:user', 'user:email'] },
  microsoft: { displayName: 'Microsoft', icon: 'microsoft', scopes: ['openid', 'email', 'profile'] },
  oidc: { displayName: '', icon: 'key', scopes: ['openid', 'email', 'profile'] },
  oauth2: { displayName: '', icon: 'key', scopes: [] },
  organization: { displayName: '', icon: 'organization', scopes: [] },
};

const speaksOpenId: ReadonlySet<ProviderType> = new Set(['google', 'microsoft', 'oidc']);

/** A provider with what was left out. */
export function decideNewContent(
  type: ProviderType,
  name: string,
  input: ProviderInput,
  isDevelopment: boolean,
): Decision {
  const { displayName, icon, scopes } = usual[type];
  const content = {
    displayName: displayName === '' ? name : displayName,
    icon,
    scopes,
    isEnabled: true,
    clientId: '',
    claimMapping: {},
    allowedDomains: [],
    trustedDomains: [],
    justInTime: true,
    acceptsUpstreamMfa: false,
    ...said(input),
  };
  return judge(type, content, input.settings ?? {}, isDevelopment);
}

/** What is left out stays; of the settings each by itself. */
export function decideChangedContent(
  type: ProviderType,
  before: DecidedContent,
  input: ProviderInput,
  isDevelopment: boolean,
): Decision {
  const settings = { ...before.settings, ...input.settings };
  const decision = judge(type, { ...before, ...said(input) }, settings, isDevelopment);
  const fixed = Object.entries(settingRules[type]).flatMap(([name, { isFixed }]) =>
    isFixed && decision.content.settings[name] !== before.settings[name]
      ? [
          {
            pointer: `/settings/${name}`,
            detail: 'cannot be changed: accounts hang on it. Make another provider',
          },
        ]
      : [],
  );
  return { ...decision, errors: [...decision.errors, ...fixed] };
}

function judge(
  type: ProviderType,
  content: Omit<DecidedContent, 'settings'>,
  given: ProviderSettings,
  isDevelopment: boolean,
): Decision {
  const { settings, errors } = readSettings(type, given, isDevelopment);
  const { scopes, claimMapping } = content;
  if (content.clientId === '') errors.push({ pointer: '/clientId', detail: 'must be there' });
  if (speaksOpenId.has(type) && !scopes.includes('openid'))
    errors.push({ pointer: '/scopes', detail: 'must have openid' });
  if (new Set(scopes).size < scopes.length)
    errors.push({ pointer: '/scopes', detail: 'must not name one twice' });
  for (const list of ['allowedDomains', 'trustedDomains'] as const)
    content[list].forEach((domain, index) => {
      if (canonicalDomain(domain) === null)
        errors.push({ pointer: `/${list}/${index}`, detail: 'must be a domain' });
    });
  errors.push(...checkClaimMapping(type, claimMapping));
  const domains = (list: readonly string[]) => [
    ...new Set(list.map((name) => canonicalDomain(name) ?? name)),
  ];
  return {
    content: {
      ...content,
      settings,
      allowedDomains: domains(content.allowedDomains),
      trustedDomains: domains(content.trustedDomains),
    },
    errors,
  };
}

function checkClaimMapping(type: ProviderType, mapping: ClaimMapping): FieldError[] {
  const errors = Object.entries(mapping).flatMap(([claim, path]): FieldError[] => {
    const pointer = `/claimMapping/${claim}`;
    if (!mappedClaims.includes(claim as never))
      return [{ pointer, detail: `must be one of ${mappedClaims.join(', ')}` }];
    if (claim === 'subject' && type !== 'oauth2')
      return [{ pointer, detail: `cannot be chosen for ${type}: it is what its protocol says` }];
    const isPath = typeof path === 'string' && /^[\x21-\x7e]{1,200}$/.test(path);
    return isPath ? [] : [{ pointer, detail: 'must be names of claims with dots between them' }];
  });
  if (type === 'oauth2' && mapping.subject === undefined)
    errors.push({
      pointer: '/claimMapping/subject',
      detail: 'must be there: it says where the id of people stands',
    });
  return errors;
}

/**
 * Who people of a provider are: its part in the key of their accounts. It never changes.
 *
 * @returns null where something is wrong that `errors` tells
 */
export function decideIssuer(
  type: ProviderType,
  given: string | undefined,
  settings: ProviderSettings,
  isDevelopment: boolean,
): { issuer: string | null; errors: FieldError[] } {
  const pointer = '/issuer';
  if (type === 'oidc' || (type === 'oauth2' && given !== undefined)) {
    if (given === undefined) return { issuer: null, errors: [{ pointer, detail: 'must be there' }] };
    const detail = addressError(given, isDevelopment) ?? (given.includes('?') ? 'must have no query' : null);
    return { issuer: given, errors: detail === null ? [] : [{ pointer, detail }] };
  }
  if (given !== undefined)
    return {
      issuer: null,
      errors: [{ pointer, detail: `must not be there: it follows from the type ${type}` }],
    };
  return { issuer: ownIssuer(type, settings), errors: [] };
}

function ownIssuer(type: ProviderType, settings: ProviderSettings): string | null {
  const text = (name: string): string => String(settings[name]);
  switch (type) {
    case 'google': {
      // What stands in for Google somewhere else gives ID tokens of its own.
      const { origin } = new URL(text('authorizationUrl'));
      return origin;
    }
    case 'github':
      return text('baseUrl');
    case 'microsoft':
      return `${text('authority')}/{tenantid}/v2.0`;
    case 'oauth2':
      return new URL(text('authorizationUrl')).origin;
    default:
      return null;
  }
}

/**
 * Whether people could become others by it: then it takes somebody who may touch owners, since these sign in like everybody.
 *
 * @param before null for a new provider, which nobody is known by yet
 */
export function changesWhoPeopleAre(
  type: ProviderType,
  before: DecidedContent | null,
  after: DecidedContent,
): boolean {
  const trusted = before?.trustedDomains ?? [];
  if (after.trustedDomains.some((domain) => !trusted.includes(domain))) return true;
  if (before === null) return false;
  if (!sameJson(before.claimMapping, after.claimMapping)) return true;
  return Object.entries(settingRules[type]).some(
    ([name, { tellsWho }]) => tellsWho && !sameJson(before.settings[name], after.settings[name]),
  );
}

/** Which members differ; null for none. */
export function differenceOf(
  before: DecidedContent,
  after: DecidedContent,
): { before: Partial<DecidedContent>; after: Partial<DecidedContent> } | null {
  const fields = Object.keys(after) as (keyof DecidedContent)[];
  const changed = fields.filter((field) => !sameJson(before[field], after[field]));
  if (changed.length === 0) return null;
  const pick = (content: DecidedContent) =>
    Object.fromEntries(changed.map((field) => [field, content[field]]));
  return { before: pick(before), after: pick(after) };
}

const said = ({ settings: _settings, ...input }: ProviderInput): Omit<ProviderInput, 'settings'> =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
