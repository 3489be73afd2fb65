import { describe, expect, it } from '@jest/globals';
import {
  httpsAddressError,
  isRegisteredUri,
  originError,
  redirectUriError,
  sectorError,
} from './redirect-uris.rules.js';

describe('An address that people are sent back to', () => {
  it.each([
    ['web', 'https://articles.acme.example/callback'],
    ['web', 'https://articles.acme.example'],
    ['web', 'https://articles.acme.example/callback?tenant=1&x=%20y'],
    ['web', 'https://articles.acme.example:8443/callback'],
    ['web', 'https://xn--bcher-kva.example/'],
    ['spa', 'https://app.acme.example/'],
    ['native', 'https://app.acme.example/callback'],
    ['native', 'http://127.0.0.1/callback'],
    ['native', 'http://127.0.0.1:8123/callback'],
    ['native', 'http://[::1]:8123/callback'],
    ['native', 'http://localhost/callback'],
    ['native', 'com.example.app:/callback'],
    ['native', 'com.example.app://callback/path'],
  ] as const)('may be for %s %s', (type, uri) => {
    expect(redirectUriError(uri, type, false)).toBeNull();
  });

  it.each([
    ['web', 'http://articles.acme.example/callback'],
    ['web', 'http://localhost:3000/callback'],
    ['spa', 'http://127.0.0.1/'],
    ['web', 'com.example.app:/callback'],
    ['web', 'https://articles.acme.example/#'],
    ['web', 'https://articles.acme.example/#fragment'],
    ['web', 'https://*.acme.example/'],
    ['web', 'https://articles.acme.example/*'],
    ['web', 'https://user@articles.acme.example/'],
    ['web', 'https://user:password@articles.acme.example/'],
    ['web', 'https://:@articles.acme.example/'],
    ['web', 'https://@articles.acme.example/'],
    ['web', 'https://articles.acme.example\\@evil.example/'],
    ['web', 'https://articles.acme.example/\t/evil'],
    ['web', 'https://articles.acme.example/ '],
    ['web', ' https://articles.acme.example/'],
    ['web', 'https://articles.acme.example/\u202egro.elpmaxe'],
    ['web', 'https://b\u00fccher.example/'],
    ['web', 'HTTPS://articles.acme.example/'],
    ['web', 'https://Articles.acme.example/'],
    ['web', 'https://articles.acme.example:443/'],
    ['web', 'https://articles.acme.example/a/../b'],
    ['web', 'https://articles.acme.example/a/%2e%2e/b'],
    ['web', 'https://articles.acme.example./'],
    ['web', 'https:articles.acme.example/'],
    ['web', 'https:///articles.acme.example/'],
    ['web', 'https://0x7f.1/'],
    ['web', 'https://2130706433/'],
    ['web', '//articles.acme.example/'],
    ['web', '/callback'],
    ['web', 'callback'],
    ['web', ''],
    ['web', 'null'],
    ['web', 'about:blank'],
    ['web', `https://articles.acme.example/${'a'.repeat(2_000)}`],
    ['native', 'http://127.0.0.2/callback'],
    ['native', 'http://10.0.0.1/callback'],
    ['native', 'http://localhost.evil.example/callback'],
    ['native', 'http://localhost:3000#'],
    ['native', 'javascript:alert(1)'],
    ['native', 'javascript://example.com/%0aalert(1)'],
    ['native', 'JavaScript:alert(1)'],
    ['native', 'data:text/html,x'],
    ['native', 'vbscript:x'],
    ['native', 'file:///etc/passwd'],
    ['native', 'blob:https://example.com/1'],
    ['native', 'about:srcdoc'],
    ['native', 'myapp:/callback'],
    ['native', 'myapp://callback'],
    ['native', 'ftp://files.example.com/'],
    ['native', 'wss://example.com/'],
    ['native', 'com.example.app:callback'],
    ['native', 'com.example.app:'],
    ['native', 'com.example.app:/callback#x'],
    ['native', 'com.example.app://user@callback/'],
    ['native', 'COM.example.app:/callback'],
  ] as const)('may not be for %s %j', (type, uri) => {
    expect(redirectUriError(uri, type, false)).toEqual(expect.any(String));
  });

  it('may be on one’s own machine while developing, and nowhere else without TLS', () => {
    expect(redirectUriError('http://localhost:3000/callback', 'web', true)).toBeNull();
    expect(redirectUriError('http://127.0.0.1:3000/', 'spa', true)).toBeNull();
    expect(redirectUriError('http://articles.acme.example/', 'web', true)).toEqual(expect.any(String));
  });
});

describe('A registered address', () => {
  const web = ['https://articles.acme.example/callback'];

  it.each([
    ['https://articles.acme.example/callback', true],
    ['https://articles.acme.example/callback/', false],
    ['https://articles.acme.example/callback?x=1', false],
    ['https://articles.acme.example/callbac', false],
    ['https://articles.acme.example:443/callback', false],
    ['https://articles.acme.example/callback#', false],
    ['HTTPS://articles.acme.example/callback', false],
    ['https://articles.acme.example/Callback', false],
    ['https://articles.acme.example/x/../callback', false],
    ['', false],
  ])('of the web is equal to %s: %s', (uri, expected) => {
    expect(isRegisteredUri(web, 'web', uri)).toBe(expected);
  });

  const native = ['http://127.0.0.1/callback', 'http://[::1]:80/cb?x=1', 'com.example.app:/callback'];

  it.each([
    ['http://127.0.0.1:51004/callback', true],
    ['http://127.0.0.1/callback', true],
    ['http://127.0.0.1:51004/other', false],
    ['http://127.0.0.1:51004/callback?x=1', false],
    ['http://localhost:51004/callback', false],
    ['http://[::1]:51004/callback', false],
    ['https://127.0.0.1:51004/callback', false],
    ['http://127.0.0.1:51004/callback#x', false],
    ['http://user@127.0.0.1:51004/callback', false],
    ['http://127.0.0.1:51004@evil.example/callback', false],
    ['com.example.app:/callback', true],
    ['com.example.app:/callback/', false],
    ['com.example.app:/other', false],
  ])('of a device matches %s: %s', (uri, expected) => {
    expect(isRegisteredUri(native, 'native', uri)).toBe(expected);
  });

  it('has a port that varies on devices only', () => {
    expect(isRegisteredUri(['http://127.0.0.1:3000/callback'], 'web', 'http://127.0.0.1:3001/callback')).toBe(
      false,
    );
  });
});

describe('An origin', () => {
  it.each(['https://app.acme.example', 'https://app.acme.example:8443'])('may be %s', (origin) => {
    expect(originError(origin, false)).toBeNull();
  });

  it.each([
    'https://app.acme.example/',
    'https://app.acme.example/path',
    'https://App.acme.example',
    'https://app.acme.example:443',
    'https://*.acme.example',
    'https://app.acme.example.',
    'http://app.acme.example',
    'http://localhost:3000',
    'https://user@app.acme.example',
    'com.example.app://x',
    'null',
    '*',
    '',
  ])('may not be %j', (origin) => {
    expect(originError(origin, false)).toEqual(expect.any(String));
  });

  it('may be on one’s own machine while developing', () => {
    expect(originError('http://localhost:3000', true)).toBeNull();
    expect(originError('http://app.acme.example', true)).toEqual(expect.any(String));
  });
});

describe('Other addresses', () => {
  it.each([
    ['https://articles.acme.example/out', null],
    ['http://127.0.0.1/out', expect.any(String)],
    ['https://articles.acme.example/out#x', expect.any(String)],
    ['javascript:alert(1)', expect.any(String)],
    ['com.example.app:/out', expect.any(String)],
  ])('that are called in passing: %s', (uri, expected) => {
    expect(httpsAddressError(uri, false)).toEqual(expected);
  });

  it.each([
    ['acme.example', null],
    ['acme.example:8443', null],
    ['Acme.example', expect.any(String)],
    ['acme.example/', expect.any(String)],
    ['acme.example.', expect.any(String)],
    ['user@acme.example', expect.any(String)],
    ['https://acme.example', expect.any(String)],
    ['', expect.any(String)],
  ])('that are a host only: %s', (host, expected) => {
    expect(sectorError(host)).toEqual(expected);
  });
});
