const sortKeys = ['createdAt', 'email', 'username', 'fullName', 'lastLoginAt'] as const;

/** What a list of users can be sorted by; a leading minus is the descending order. */
export const userSorts = sortKeys.flatMap((key) => [key, `-${key}`]);
export const defaultUserSort = '-createdAt';

export function readSort(sort: string): { key: string; descending: boolean } {
  return sort.startsWith('-') ? { key: sort.slice(1), descending: true } : { key: sort, descending: false };
}
