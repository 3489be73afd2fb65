/**
 * An absolute https address without a user. Browsers drop tabs and line ends from addresses and take `\` for `/`, so that
 * what has them may be another address than the one that was read: it is none.
 */
export function isHttpsAddress(text: string): boolean {
  if (/[\s\\\p{C}]/u.test(text) || !/^https:\/\/[^/]/i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}
