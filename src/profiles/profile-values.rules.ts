export const nameMaxLength = 200;
export const localeMaxLength = 35;
export const timeZoneMaxLength = 64;

/** Composed and on one line; null for what is no name. */
export function canonicalName(text: string): string | null {
  const name = text.normalize('NFC').trim();
  if (name === '' || [...name].length > nameMaxLength || !name.isWellFormed()) return null;
  // A line break in a name would end a header of a mail.
  return /[\p{Cc}\p{Zl}\p{Zp}]/u.test(name) ? null : name;
}

/** A language tag (BCP 47) in its canonical case: de, de-AT, zh-Hant. Null for what is none. */
export function canonicalLocale(text: string): string | null {
  // What begins with a language; extensions say nothing that anybody here reads.
  if (text.length > localeMaxLength || !/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(text)) return null;
  try {
    return Intl.getCanonicalLocales(text)[0] ?? null;
  } catch {
    return null;
  }
}

/** A name of the IANA time zone database, such as Europe/Berlin; null for what is none, offsets included. */
export function canonicalTimeZone(text: string): string | null {
  if (text.length > timeZoneMaxLength || !/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(text)) return null;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions();
    // An older or newer name of a zone stays what the person chose; only its case is made right.
    return timeZone.toLowerCase() === text.toLowerCase() ? timeZone : text;
  } catch {
    return null;
  }
}
