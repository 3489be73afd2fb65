import { describe, expect, it } from '@jest/globals';
import {
  canonicalEmail,
  canonicalPhoneNumber,
  canonicalUsername,
  readReference,
} from './identifiers.rules.js';

describe('canonicalEmail', () => {
  it.each([
    ['max@acme.example', 'max@acme.example'],
    ['Max.Meier+news@ACME.Example', 'max.meier+news@acme.example'],
    ['ｍａｘ＠acme．example', 'max@acme.example'],
    ['max@bücher.example', 'max@xn--bcher-kva.example'],
    ['max@BÜCHER.example', 'max@xn--bcher-kva.example'],
    ['max@xn--bcher-kva.example', 'max@xn--bcher-kva.example'],
    ['max@acme。example', 'max@acme.example'],
    ["o'neil@acme.example", "o'neil@acme.example"],
    ['\u212Aelvin@acme.example', 'kelvin@acme.example'],
    ['root@localhost', 'root@localhost'],
    ['max@3com.example', 'max@3com.example'],
    [`${'a'.repeat(64)}@acme.example`, `${'a'.repeat(64)}@acme.example`],
  ])('makes %j the one form %j', (text, canonical) => {
    expect(canonicalEmail(text)).toBe(canonical);
    expect(canonicalEmail(canonical)).toBe(canonical);
  });

  it.each([
    [''],
    ['max'],
    ['@acme.example'],
    ['max@'],
    ['max@@acme.example'],
    ['max@acme.example@globex.example'],
    ['max＠acme.example＠globex.example'],
    ['"max"@acme.example'],
    ['"max@globex.example"@acme.example'],
    ['Max <max@acme.example>'],
    ['<max@acme.example>'],
    ['max@acme.example,olga@acme.example'],
    ['max@acme.example;olga@acme.example'],
    ['max(comment)@acme.example'],
    ['max@(comment)acme.example'],
    ['max@globex.example%00@acme.example'],
    ['max%globex.example@acme.example'],
    ['globex.example!max@acme.example'],
    [' max@acme.example'],
    ['max@acme.example '],
    ['max @acme.example'],
    ['max\u00a0@acme.example'],
    ['max\n@acme.example'],
    ['max@acme.example\r\nbcc: olga@acme.example'],
    ['max\u0000@acme.example'],
    ['max\u200b@acme.example'],
    ['.max@acme.example'],
    ['max.@acme.example'],
    ['max..meier@acme.example'],
    ['mäx@acme.example'],
    ['maxı@acme.example'],
    ['max@acme..example'],
    ['max@.acme.example'],
    ['max@acme.example.'],
    ['max@-acme.example'],
    ['max@acme-.example'],
    ['max@ac_me.example'],
    ['max@[127.0.0.1]'],
    ['max@127.0.0.1'],
    ['max@0x7f.1'],
    ['max@2130706433'],
    ['max@acme.example/globex.example'],
    ['max@acme.example:25'],
    ['max@acme%2eexample'],
    ['max@℀.example'],
    ['max@xn--iñvalid.example'],
    [`max@${'a'.repeat(64)}.example`],
    [`${'a'.repeat(65)}@acme.example`],
    [`max@${'a.'.repeat(125)}example`],
    ['\ufdfa'.repeat(200)],
    ['max\ud800@acme.example'],
  ])('refuses %j', (text) => {
    expect(canonicalEmail(text)).toBeNull();
  });
});

describe('canonicalUsername', () => {
  it.each([
    ['max', 'max'],
    ['Max.Meier_2-b', 'max.meier_2-b'],
    ['7', '7'],
    ['a'.repeat(64), 'a'.repeat(64)],
    ['...', '...'],
  ])('makes %j the one form %j', (text, canonical) => {
    expect(canonicalUsername(text)).toBe(canonical);
  });

  it.each([
    [''],
    ['a'.repeat(65)],
    ['max meier'],
    ['max@acme'],
    ['mäx'],
    ['ｍａｘ'],
    ['\u212Aelvin'],
    ['max/../olga'],
    ['.'],
    ['..'],
    ['max\n'],
    ['0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4'],
    ['0199C1F2-6A50-7CC1-9D41-3A86E0D3A5C4'],
  ])('refuses %j', (text) => {
    expect(canonicalUsername(text)).toBeNull();
  });
});

describe('canonicalPhoneNumber', () => {
  it.each([
    ['+4930123456', true],
    ['+123456789012345', true],
    ['+1234567890123456', false],
    ['+0301234', false],
    ['+49 30 123456', false],
    ['004930123456', false],
    ['+49', false],
    ['+49\u0660\u0661\u0662\u0663', false],
  ])('of %j: %s', (text, isNumber) => {
    expect(canonicalPhoneNumber(text)).toBe(isNumber ? text : null);
  });
});

describe('readReference', () => {
  it.each([
    ['0199C1F2-6A50-7CC1-9D41-3A86E0D3A5C4', { by: 'id', id: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4' }],
    ['Max@Acme.Example', { by: 'email', email: 'max@acme.example' }],
    ['MAX', { by: 'username', username: 'max' }],
    ["' or true --", null],
    ['\u0000', null],
    ['', null],
  ])('reads %j', (text, reference) => {
    expect(readReference(text)).toEqual(reference);
  });
});
