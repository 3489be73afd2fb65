import { describe, expect, it } from '@jest/globals';
import { issueToken, parseToken } from './secret-token.js';
import { newId } from './uuid.js';

describe('A token', () => {
  it('names its kind and its organization, and is found by its hash', () => {
    const organizationId = newId();

    const { token, tokenHash } = issueToken('session', organizationId);

    expect(token).toMatch(/^ten_ses_[A-Za-z0-9_-]{70}$/);
    expect(parseToken('session', token)).toEqual({ organizationId, tokenHash });
    expect(tokenHash).toHaveLength(32);
  });

  it('is never the same twice', () => {
    const organizationId = newId();
    const tokens = Array.from({ length: 100 }, () => issueToken('device', organizationId).token);

    expect(new Set(tokens).size).toBe(100);
  });

  it.each([
    ['of another kind', (token: string) => token],
    ['under the prefix of another kind', (token: string) => token.replace('ten_ses_', 'ten_key_')],
    ['that was shortened', (token: string) => `ten_key_${token.slice(8, -1)}`],
    ['that is empty', () => ''],
    ['that is only a prefix', () => 'ten_key_'],
  ])('%s is none', (_, changed) => {
    expect(parseToken('api-key', changed(issueToken('session', newId()).token))).toBeNull();
  });

  it('with one wrong character is none', () => {
    const { token } = issueToken('session', newId());

    for (let index = 8; index < token.length; index += 1) {
      const other = token[index] === 'A' ? 'B' : 'A';
      const changed = token.slice(0, index) + other + token.slice(index + 1);
      // The last character carries fewer bits than it could: some changes of it are none.
      if (Buffer.from(changed.slice(8), 'base64url').equals(Buffer.from(token.slice(8), 'base64url')))
        continue;
      expect(parseToken('session', changed)).toBeNull();
    }
  });
});
