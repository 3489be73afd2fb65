/** Every mail that the product sends. */
export const mailTemplateNames = [
  'welcome',
  'verify-email',
  'reset-password',
  'set-password',
  'email-change',
  'email-change-notice',
  'password-changed',
  'magic-link',
  'invitation',
  'account-exists',
  'organization-list',
] as const;

export type MailTemplateName = (typeof mailTemplateNames)[number];

export function isMailTemplateName(name: string): name is MailTemplateName {
  return (mailTemplateNames as readonly string[]).includes(name);
}
