import { defineProblem } from '../platform/problems/problem.js';

export const slugTaken = defineProblem('slug_taken', 409, 'Another organization has this slug');
export const platformOrganization = defineProblem(
  'platform_organization',
  409,
  'The platform organization can be neither suspended nor deleted',
);
