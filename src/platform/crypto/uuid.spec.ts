import { describe, expect, it } from '@jest/globals';
import { isUuid, newId } from './uuid.js';

describe('An id', () => {
  it('is a UUID of version 7 that tells when it was made', () => {
    const before = Date.now();
    const id = newId();

    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const made = parseInt(id.replaceAll('-', '').slice(0, 12), 16);
    expect(made).toBeGreaterThanOrEqual(before);
    expect(made).toBeLessThanOrEqual(Date.now());
  });

  it.each([
    [newId(), true],
    [newId().toUpperCase(), true],
    ['acme', false],
    [`${newId()}0`, false],
    [` ${newId()}`, false],
  ])('%p is one: %s', (text, answer) => {
    expect(isUuid(text)).toBe(answer);
  });
});
