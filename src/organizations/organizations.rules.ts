import { Problem } from '../platform/problems/problem.js';
import { platformOrganization } from './organizations.problems.js';

/** Lower-case letters, digits and inner hyphens; a DNS label (RFC 1035), so that it may become a host name. */
export const slugPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** @throws Problem `platform_organization`: without it nobody could manage the others */
export function decideClosing(organization: { isPlatform: boolean }): void {
  if (organization.isPlatform) throw new Problem(platformOrganization);
}
