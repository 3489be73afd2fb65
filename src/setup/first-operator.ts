import { findFlawsByDefault } from '../passwords/passwords.service.js';
import type { Config } from '../platform/config/settings.js';
import { canonicalEmail } from '../users/identifiers.rules.js';

export const platformNames = { slug: 'platform', name: 'Platform' } as const;

/**
 * What is wrong with the first operator of the settings. Known before the server touches a database: a deployment that was
 * half made because of a weak password is nothing that anybody wants to clean up.
 */
export async function judgeFirstOperator({ firstOperator }: Config): Promise<string[]> {
  const { email, password } = firstOperator;
  if (email === null || password === null) return [];
  const flaws = await findFlawsByDefault(password.reveal(), { email }, Object.values(platformNames));
  return [
    ...(canonicalEmail(email) === null ? ['ADMIN_EMAIL must be an e-mail address'] : []),
    ...flaws.map((flaw) => `ADMIN_PASSWORD ${flaw}`),
  ];
}
