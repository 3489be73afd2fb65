import type { FieldError } from '../platform/problems/problem.js';

export interface PasswordDemands {
  readonly minLength: number;
  /** Words that are easy to guess for this person here: of their own, of the organization, of the product. */
  readonly ownWords: readonly string[];
  readonly isKnown: (password: string) => boolean;
}

const maxLength = 256;

/** Shorter words turn up in honest passphrases by chance. */
const shortestOwnWord = 4;

/** Shorter padding around a known password adds nothing that a guesser would not try. */
const trivialPadding = 4;

/**
 * What is wrong with a new password. There are no rules of composition (NIST SP 800-63B-4, section 3.1.1.2): it must be
 * long, not known, and not made of what everybody knows about the person. Own words are allowed, they only count for
 * nothing.
 */
export function findPasswordFlaws(password: string, demands: PasswordDemands): FieldError[] {
  const text = password.normalize('NFC');
  const flaw = (detail: string): FieldError[] => [{ pointer: '/password', detail }];
  const length = lengthOf(text);
  if (length > maxLength) return flaw(`must have at most ${maxLength} characters`);
  if (length < demands.minLength)
    return flaw(`is too short: ${demands.minLength} characters are needed, it has ${length}`);
  const rest = withoutWords(text.toLowerCase(), demands.ownWords);
  if (lengthOf(rest) < demands.minLength) {
    return flaw(
      `is easy to guess: without names of yours, of the organization and of the product it has fewer than ${demands.minLength} characters`,
    );
  }
  if (isGuessedFirst(text.toLowerCase(), demands.isKnown) || isGuessedFirst(rest, demands.isKnown))
    return flaw('is among the passwords that are guessed first');
  return [];
}

/** The words of names, addresses and the like that nobody should build a password from. */
export function wordsOf(texts: readonly (string | null | undefined)[]): string[] {
  const words = texts.flatMap((text) =>
    (text ?? '')
      .normalize('NFC')
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u),
  );
  return [...new Set(words)].filter((word) => lengthOf(word) >= shortestOwnWord);
}

/** A user's own part of an e-mail address; its domain belongs to millions. */
export function localPart(email: string | null | undefined): string | null {
  return email?.split('@')[0] ?? null;
}

function withoutWords(text: string, words: readonly string[]): string {
  return words
    .map((word) => word.normalize('NFC').toLowerCase())
    .filter((word) => word !== '')
    .sort((a, b) => b.length - a.length)
    .reduce((rest, word) => rest.replaceAll(word, ''), text);
}

/** Known, a repetition, a row like `abcdef…`, or a known password with padding of that sort: `Password1234567`. */
function isGuessedFirst(text: string, isKnown: (password: string) => boolean): boolean {
  if (isPattern(text, isKnown)) return true;
  const {
    before = '',
    core = '',
    after = '',
  } = /^(?<before>[^\p{L}]*)(?<core>.*?)(?<after>[^\p{L}]*)$/su.exec(text)?.groups ?? {};
  const isPadding = (padding: string) => padding.length <= trivialPadding || isPattern(padding, isKnown);
  return core !== text && isPattern(core, isKnown) && isPadding(before) && isPadding(after);
}

function isPattern(text: string, isKnown: (password: string) => boolean): boolean {
  return text !== '' && (isKnown(text) || isRow(text) || isRepetition(text, isKnown));
}

function isRepetition(text: string, isKnown: (password: string) => boolean): boolean {
  for (let period = 1; period <= text.length / 2; period += 1) {
    const repeats = text.slice(period) === text.slice(0, -period);
    if (repeats) return period <= 6 || isKnown(text.slice(0, period));
  }
  return false;
}

/** Each character is the next one of the alphabet, upwards or downwards; after 9 comes 0. */
function isRow(text: string): boolean {
  const codes = [...text].map((character) => character.codePointAt(0)!);
  return [1, -1].some((step) =>
    codes.every((code, index) => {
      const previous = codes[index - 1];
      if (previous === undefined) return true;
      const isDigit = previous >= 48 && previous <= 57;
      return code === (isDigit ? ((previous - 48 + step + 10) % 10) + 48 : previous + step);
    }),
  );
}

function lengthOf(text: string): number {
  return [...text].length;
}
