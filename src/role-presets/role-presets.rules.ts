import type { RoleInPreset } from './role-presets.dto.js';

export interface RolePreset {
  readonly name: string;
  readonly description: string;
  readonly roles: readonly RoleInPreset[];
}

/** Roles that many products begin with, so that nobody has to invent their permissions. */
export const rolePresets: readonly RolePreset[] = [
  {
    name: 'posters-and-commenters',
    description: 'A few write and publish, everybody else discusses',
    roles: [
      {
        name: 'poster',
        description: 'Publishes articles with their assets, and comments',
        permissions: ['articles:publish', 'assets:upload', 'comments:write'],
      },
      { name: 'commenter', description: 'Comments on articles', permissions: ['comments:write'] },
    ],
  },
];

export function findPreset(name: string): RolePreset | null {
  return rolePresets.find((preset) => preset.name === name) ?? null;
}
