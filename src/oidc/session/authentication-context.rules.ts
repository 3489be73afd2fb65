/** How sure it is that the person is who they say (`acr`): by one factor, or by several. */
export const oneFactor = 'urn:tenantry:acr:1';
export const severalFactors = 'urn:tenantry:acr:2';

/** @param methods as in `amr` (RFC 8176) */
export function contextClassOf(methods: readonly string[]): string {
  const factors = methods.filter((method) => method !== 'mfa');
  return methods.includes('mfa') || factors.length > 1 ? severalFactors : oneFactor;
}
