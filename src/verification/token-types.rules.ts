/**
 * Types that an organization may set up; `setup` is the deployment's own. `first_password` is how long a `password_reset` lives
 * for whoever waits for their first password.
 */
export const configurableTypes = [
  'email_verification',
  'password_reset',
  'first_password',
  'email_change',
  'magic_link',
  'invitation',
] as const;
export type ConfigurableType = (typeof configurableTypes)[number];

export const isConfigurable = (type: string): type is ConfigurableType =>
  (configurableTypes as readonly string[]).includes(type);

/** Types whose mails may show a code too. Whoever is invited has no account yet that a code could belong to. */
export const codeTypes = ['email_verification', 'password_reset', 'email_change', 'magic_link'] as const;
export type CodeType = (typeof codeTypes)[number];

/** Five tries at fewer digits would be worth a try; more digits nobody likes to type. */
export const codeLengths = { min: 6, max: 10 } as const;

/** Shortest life of any token: under it the mail would be read too late. */
export const minLifetimeSeconds = 60;
/** Longest life of any; each type has its own bound, which the database keeps. */
export const maxLifetimeSeconds = 2_592_000;

/** Templates that have the link of such a token in them; the first one unless an organization says otherwise. */
const templates: Record<ConfigurableType, readonly string[]> = {
  email_verification: ['verify-email', 'welcome'],
  password_reset: ['reset-password', 'set-password'],
  first_password: ['set-password'],
  email_change: ['email-change'],
  magic_link: ['magic-link'],
  invitation: ['invitation'],
};

export const tokenMailTemplates: readonly string[] = [...new Set(Object.values(templates).flat())];

export interface TokenTypeSettings {
  readonly lifetimeSeconds: number | null;
  readonly mailTemplate: string | null;
  /** Digits of the code beside the link; null for none. */
  readonly codeLength: number | null;
}

export interface TokenTypeFlaw {
  readonly pointer: string;
  readonly detail: string;
}

/** What is wrong with these settings for that type; null stands for the product's own value. */
export function findFlaws(
  type: ConfigurableType,
  { lifetimeSeconds, mailTemplate, codeLength }: TokenTypeSettings,
  longestSeconds: number,
): TokenTypeFlaw[] {
  const flaws: TokenTypeFlaw[] = [];
  if (
    lifetimeSeconds !== null &&
    (lifetimeSeconds < minLifetimeSeconds || lifetimeSeconds > longestSeconds)
  ) {
    const detail = `must be ${minLifetimeSeconds} to ${longestSeconds} for this type`;
    flaws.push({ pointer: '/lifetimeSeconds', detail });
  }
  if (mailTemplate !== null && !templates[type].includes(mailTemplate)) {
    const detail = `must be ${templates[type].join(' or ')}: no other has the link of this type`;
    flaws.push({ pointer: '/mailTemplate', detail });
  }
  if (codeLength !== null && !(codeTypes as readonly string[]).includes(type)) {
    flaws.push({ pointer: '/codeLength', detail: 'must be null: mails of this type show no code' });
  } else if (codeLength !== null && (codeLength < codeLengths.min || codeLength > codeLengths.max)) {
    flaws.push({ pointer: '/codeLength', detail: `must be ${codeLengths.min} to ${codeLengths.max}` });
  }
  return flaws;
}
