/** How sure it is that the person is who they say (`acr`): by one factor, or by several. */
export const oneFactor = 'urn:tenantry:acr:1';
export const severalFactors = 'urn:tenantry:acr:2';

/** What the methods of RFC 8176 prove: something that somebody knows, has, or is. */
const factors: Readonly<Record<string, readonly string[]>> = {
  knowledge: ['pwd', 'pin', 'kba'],
  possession: ['otp', 'sms', 'tel', 'hwk', 'swk', 'sc', 'pop'],
  inherence: ['face', 'fpt', 'iris', 'retina', 'vbm'],
};

/**
 * Several methods are several factors only where these are of different kinds. A mailbox is none of them (NIST SP 800-63B,
 * 3.1.3.1): it is opened with a password, so that a link and a password prove one factor twice.
 *
 * @param methods as in `amr`
 */
export function contextClassOf(methods: readonly string[]): string {
  const kinds = Object.values(factors).filter((ofKind) => ofKind.some((method) => methods.includes(method)));
  return methods.includes('mfa') || kinds.length > 1 ? severalFactors : oneFactor;
}
