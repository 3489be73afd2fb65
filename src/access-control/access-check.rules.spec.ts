import { describe, expect, it } from '@jest/globals';
import { type ReachingGrant, reasonsFor } from './access-check.rules.js';

const grant = (permissions: string[], more: Partial<ReachingGrant> = {}): ReachingGrant => ({
  role: 'editor',
  team: null,
  expiresAt: null,
  permissions,
  ...more,
});

describe('why a permission is given', () => {
  it.each([
    ['by its name', ['articles:publish'], 'articles:publish', false, true],
    ['by its resource', ['articles:*'], 'articles:publish', false, true],
    ['by everything', ['*'], 'articles:publish', false, true],
    ['not by another action', ['articles:write'], 'articles:publish', false, false],
    ['not by another resource', ['article:*'], 'articles:publish', false, false],
    ['not by nothing', [], 'articles:publish', false, false],
    ['a wildcard by itself', ['articles:*'], 'articles:*', false, true],
    ['a wildcard not by one of its actions', ['articles:publish'], 'articles:*', false, false],
    ['everything by everything', ['*'], '*', false, true],
    ['everything not by a resource', ['articles:*'], '*', false, false],
    ['the platform’s not by everything elsewhere', ['*'], 'platform:organizations', false, false],
    [
      'the platform’s not by its own name elsewhere',
      ['platform:organizations'],
      'platform:organizations',
      false,
      false,
    ],
    ['the platform’s by everything on the platform', ['*'], 'platform:organizations', true, true],
  ])('%s', (_, permissions, asked, isPlatform, given) => {
    expect(reasonsFor(asked, [grant(permissions)], isPlatform).length > 0).toBe(given);
  });

  it('names every way', () => {
    const grants = [
      grant(['articles:publish']),
      grant(['articles:*'], { role: 'chief', team: 'writers', expiresAt: '2027-01-31T12:00:00.000Z' }),
      grant(['articles:read'], { role: 'reader' }),
    ];

    expect(reasonsFor('articles:publish', grants, false)).toEqual([
      { role: 'editor', through: 'user' },
      { role: 'chief', through: 'team:writers', expiresAt: '2027-01-31T12:00:00.000Z' },
    ]);
  });
});
