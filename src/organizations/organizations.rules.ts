import { Problem } from '../platform/problems/problem.js';
import { platformOrganization } from './organizations.problems.js';

/**
 * Lower-case letters, digits and inner hyphens; a DNS label (RFC 1035), so that it may become a host name. What looks like
 * an id is taken for one in a path, perhaps for that of another organization.
 */
export const slugPattern =
  /^(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** @throws Problem `platform_organization`: without it nobody could manage the others */
export function decideClosing(organization: { isPlatform: boolean }): void {
  if (organization.isPlatform) throw new Problem(platformOrganization);
}
