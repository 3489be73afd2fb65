import { describe, expect, it } from '@jest/globals';
import { decideRoleChange, mappedRolesOf } from './mapped-roles.rules.js';

const mappings = [
  { claim: 'groups', value: 'writers', roleId: 'editor' },
  { claim: 'groups', value: 'staff', roleId: 'member' },
  { claim: 'realm.roles', value: 'chief', roleId: 'editor' },
  { claim: 'https://acme.example/level', value: '3', roleId: 'senior' },
];

describe('A role mapping', () => {
  it.each([
    [{}, []],
    [{ groups: ['writers', 'others'] }, ['editor']],
    [{ groups: 'staff' }, ['member']],
    [{ groups: ['writers'], realm: { roles: ['chief'] } }, ['editor']],
    [{ 'https://acme.example/level': 3 }, ['senior']],
    [{ groups: { writers: true } }, []],
    [{ groups: [['writers']] }, []],
    [{ groups: 'WRITERS' }, []],
    [{ realm: null }, []],
  ])('gives for %j: %j', (claims, roles) => {
    expect(mappedRolesOf(mappings, claims)).toEqual(roles);
  });

  it('adds what is missing and takes back what it gave, and nothing else', () => {
    expect(decideRoleChange(['editor'], [], ['member'])).toEqual({ add: ['editor'], remove: [] });
    expect(decideRoleChange(['editor'], ['senior'], ['senior', 'member'])).toEqual({
      add: ['editor'],
      remove: ['senior'],
    });
    expect(decideRoleChange([], [], ['editor'])).toEqual({ add: [], remove: [] });
    expect(decideRoleChange(['editor'], ['editor'], ['editor'])).toEqual({ add: [], remove: [] });
    expect(decideRoleChange(['editor'], [], ['editor'])).toEqual({ add: [], remove: [] });
  });
});
