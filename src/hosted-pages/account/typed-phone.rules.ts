/** What people put between the digits so that they can read them. */
const separators = /[\s().\-/\u2010-\u2015\u00a0]/g;

/**
 * A telephone number as people write it, as near to E.164 as that tells: `0049 (30) 123-456` is `+4930123456`. The zero
 * that some write for callers at home (`+49 (0) 30`) is left out. Whether it is a number is for others to say.
 */
export function readTypedPhoneNumber(text: string): string {
  const digits = text.normalize('NFKC').replace(/\(0\)/g, '').replace(separators, '');
  return digits.replace(/^00(?=\d)/, '+');
}
