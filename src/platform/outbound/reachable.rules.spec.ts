import { describe, expect, it } from '@jest/globals';
import { isReachable, rangesOf } from './reachable.rules.js';

const nothing = rangesOf([]);

describe('An outbound request', () => {
  it.each(['93.184.216.34', '8.8.8.8', '2606:2800:220:1:248:1893:25c8:1946'])('goes to %s', (address) => {
    expect(isReachable(address, nothing)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    'fe80::1',
    'fc00::1',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'localhost',
    '',
  ])('does not go to %s', (address) => {
    expect(isReachable(address, nothing)).toBe(false);
  });

  it('goes where an operator has opened a range, and no further', () => {
    const allowed = rangesOf(['10.1.0.0/16', '::1/128']);

    expect(isReachable('10.1.2.3', allowed)).toBe(true);
    expect(isReachable('::1', allowed)).toBe(true);
    expect(isReachable('10.2.0.1', allowed)).toBe(false);
    expect(isReachable('127.0.0.1', allowed)).toBe(false);
  });

  it.each(['10.0.0', '10.0.0.0/33', 'example.com/8', '::1/129', '/8'])('takes no range like %s', (text) => {
    expect(() => rangesOf([text])).toThrow('is no range of addresses');
  });
});
