import { describe, expect, it } from '@jest/globals';
import { type ReachingRole, reasonsFor } from './access-check.rules.js';

const direct = { team: null, expiresAt: null };
const reaching = (permissions: string[], more: Partial<ReachingRole> = {}): ReachingRole => ({
  role: 'editor',
  ways: [direct],
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
    expect(reasonsFor(asked, [reaching(permissions)], isPlatform).length > 0).toBe(given);
  });

  it('names no more ways than anybody reads', () => {
    const ways = Array.from({ length: 700 }, (_, index) => ({ team: `team ${index}`, expiresAt: null }));
    const roles = [reaching(['*'], { ways }), reaching(['*'], { role: 'chief', ways })];

    expect(reasonsFor('articles:publish', roles, false)).toHaveLength(1_000);
  });

  it('names every way', () => {
    const writers = { team: 'writers', expiresAt: '2027-01-31T12:00:00.000Z' };
    const roles = [
      reaching(['articles:publish']),
      reaching(['articles:*'], { role: 'chief', ways: [direct, writers] }),
      reaching(['articles:read'], { role: 'reader' }),
    ];

    expect(reasonsFor('articles:publish', roles, false)).toEqual([
      { role: 'editor', through: 'user' },
      { role: 'chief', through: 'user' },
      { role: 'chief', through: 'team:writers', expiresAt: '2027-01-31T12:00:00.000Z' },
    ]);
  });
});
