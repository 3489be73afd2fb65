export interface RegistrationPolicy {
  mode: 'closed' | 'invitation' | 'open';
  domains: string[];
  emailVerification: 'optional' | 'required';
  firstUserRole: string | null;
  defaultRole: string;
}

export interface PasswordPolicy {
  minLength: number;
  blockedWords: string[];
}

export interface SessionPolicy {
  idleSeconds: number;
  absoluteSeconds: number;
}

/** Every kind of policy with its values. */
export interface PolicyValues {
  registration: RegistrationPolicy;
  password: PasswordPolicy;
  session: SessionPolicy;
}

export type PolicyKind = keyof PolicyValues;
export type PolicySource = 'organization' | 'platform' | 'default';
export type SourcedPolicy<Values> = { [Key in keyof Values]: { value: Values[Key]; source: PolicySource } };

const day = 86_400;

/** What holds where nobody has set anything. Operators' sessions are shorter: they reach every organization. */
export function defaultPolicy<Kind extends PolicyKind>(kind: Kind, isPlatform: boolean): PolicyValues[Kind] {
  const defaults: PolicyValues = {
    registration: {
      mode: 'closed',
      domains: [],
      emailVerification: 'optional',
      firstUserRole: null,
      defaultRole: 'member',
    },
    password: { minLength: 15, blockedWords: [] },
    session: isPlatform
      ? { idleSeconds: 1_800, absoluteSeconds: day / 2 }
      : { idleSeconds: 7 * day, absoluteSeconds: 30 * day },
  };
  return defaults[kind];
}

/** Key by key: the organization's own value, else the platform's, else the default. */
export function mergePolicy<Kind extends PolicyKind>(
  kind: Kind,
  own: Partial<PolicyValues[Kind]>,
  platform: Partial<PolicyValues[Kind]>,
  isPlatform: boolean,
): SourcedPolicy<PolicyValues[Kind]> {
  const defaults = defaultPolicy(kind, isPlatform);
  const entries = (Object.keys(defaults) as (keyof PolicyValues[Kind])[]).map((key) => {
    if (own[key] !== undefined)
      return [key, { value: own[key], source: isPlatform ? 'platform' : 'organization' }];
    if (platform[key] !== undefined) return [key, { value: platform[key], source: 'platform' }];
    return [key, { value: defaults[key], source: 'default' }];
  });
  return Object.fromEntries(entries) as SourcedPolicy<PolicyValues[Kind]>;
}
