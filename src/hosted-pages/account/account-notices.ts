import { FormGuard } from '../../platform/http/html/form-guard.js';
import type { Services } from '../hosted-page.js';
import type { Visit } from '../visit.js';

export const noticeCodes = [
  'profileSaved',
  'pictureSaved',
  'pictureRemoved',
  'passwordChanged',
  'passwordLinkSent',
  'verificationSent',
  'emailVerified',
  'emailRequested',
  'emailResent',
  'emailWithdrawn',
  'emailChanged',
  'sessionEnded',
  'sessionsEnded',
  'applicationRevoked',
  'accountLinked',
  'accountUnlinked',
  'deactivated',
  'deleted',
] as const;
export type NoticeCode = (typeof noticeCodes)[number];

/** The parameter of an address that says what has just been done. */
export const noticeField = 'done';

/**
 * For the address of the page that comes after a form: a word of a closed list, bearing the signature of the forms of this
 * browser. A link that somebody else has made says nothing on the page.
 */
export function sealNotice(
  services: Services,
  { request, reply, organization }: Visit,
  code: NoticeCode,
): string {
  return `${code}.${services.get(FormGuard).seal(request, reply, scopeOf(organization.id, code))}`;
}

export function readNotice(services: Services, { request, organization, asked }: Visit): NoticeCode | null {
  const [name, seal = ''] = asked(noticeField).slice(0, 256).split('.');
  const code = noticeCodes.find((known) => known === name);
  if (code === undefined) return null;
  // Also on the way back from a provider, which is another site.
  return services.get(FormGuard).hasMade(request, scopeOf(organization.id, code), seal) ? code : null;
}

const scopeOf = (organizationId: string, code: NoticeCode): string => `${organizationId} ${code}`;
