import type { CodeType } from '../verification/short-codes.service.js';
import { presentableName } from './mail-delivery.rules.js';
import type { MailTheme } from './mail-themes.service.js';
import type { MailTemplateName } from './mail-template-names.js';

/** What a template can show; documented with the templates' routes. */
export interface MailVariables {
  readonly organization: { readonly name: string; readonly slug: string };
  readonly user: { readonly name: string | null; readonly email: string };
  /** Null for mails without one. */
  readonly link: string | null;
  /** How long the link lives, in words. */
  readonly validFor: string | null;
  /** Says the same as the link; null where the organization wants none. */
  readonly code: string | null;
  readonly codeValidFor: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly theme: MailTheme;
}

/** `organization.name` and so on, for whoever writes a template. */
export const variableNames = [
  'organization.name',
  'organization.slug',
  'user.name',
  'user.email',
  'link',
  'validFor',
  'theme.name',
  'theme.logoUrl',
  'theme.footer',
  'theme.supportEmail',
  'theme.supportUrl',
  'theme.light.primary',
  'theme.light.onPrimary',
  'theme.light.background',
  'theme.light.surface',
  'theme.light.text',
  'theme.dark.primary',
  'theme.dark.onPrimary',
  'theme.dark.background',
  'theme.dark.surface',
  'theme.dark.text',
] as const;

/** What the product itself gives to each mail, with something to show in a preview. */
const samples: Partial<Record<MailTemplateName, Record<string, string>>> = {
  'organization-list': { organizations: 'Acme\nhttps://id.example/o/acme/sign-in' },
  'email-change-notice': { newEmail: 'max@new.example' },
  invitation: {
    invitedBy: 'Olga Owner',
    message: 'We would like to have you with us.',
    endsOn: '2027-01-31',
  },
};

/** Which kind of token the mail carries, for mails that may show a code beside their link. */
const codeTypes: Partial<Record<MailTemplateName, CodeType>> = {
  welcome: 'email_verification',
  'verify-email': 'email_verification',
  'reset-password': 'password_reset',
  'set-password': 'password_reset',
  'email-change': 'email_change',
  'magic-link': 'magic_link',
};

export const codeTypeOf = (template: MailTemplateName): CodeType | null => codeTypes[template] ?? null;

export function variablesOf(template: MailTemplateName): string[] {
  const ofCodes = codeTypeOf(template) === null ? [] : ['code', 'codeValidFor'];
  return [
    ...variableNames,
    ...ofCodes,
    ...Object.keys(samples[template] ?? {}).map((name) => `data.${name}`),
  ];
}

type SampleOptions = Pick<MailVariables, 'organization' | 'link' | 'theme'> & {
  readonly locale: string;
  readonly codeLength: number | null;
};

/** Max the member, for previews and tests of templates; with a code where there is a length for it. */
export function sampleVariables(
  template: MailTemplateName,
  { locale, codeLength, ...given }: SampleOptions,
): MailVariables {
  return {
    validFor: duration(86_400, locale),
    code: codeLength === null ? null : '1234567890'.slice(0, codeLength),
    codeValidFor: codeLength === null ? null : duration(600, locale),
    user: { name: 'Max Member', email: `max@${given.organization.slug}.example` },
    data: samples[template] ?? {},
    ...given,
  };
}

const longestText = 4_000;
const mostItems = 100;

/** What somebody else put into the outbox, cut down to texts, numbers and short lists. */
export function presentableData(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data)
      .slice(0, mostItems)
      .map(([name, value]) => [name, presentable(value)]),
  );
}

function presentable(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/[^\P{Cc}\n]+/gu, ' ').slice(0, longestText);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value))
    return value.slice(0, mostItems).map((item) => (Array.isArray(item) ? null : presentable(item)));
  return null;
}

export function recipientOf(name: string | null, email: string): MailVariables['user'] {
  return { name: presentableName(name), email };
}

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** `30 minutes`, `24 Stunden`: in the largest unit that says it without a rest, days from two on. */
export function duration(seconds: number, locale: string): string {
  const minutes = Math.max(1, Math.round(seconds / 60)) * 60;
  const [unit, length] = units.find(([, size]) => minutes % size === 0 && (size < 86_400 || minutes > size))!;
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(minutes / length);
}
