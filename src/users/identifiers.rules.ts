import { domainToASCII } from 'node:url';
import { raiseInvalid } from '../platform/problems/problems.js';

/** RFC 5321, section 4.5.3.1, and RFC 3696, erratum 1690. */
export const emailMaxLength = 254;
const localPartMaxLength = 64;
export const usernameMaxLength = 64;

/**
 * An unquoted local part (RFC 5321, `Dot-string`). `!` and `%` are left out: old mailers read a route in them, and an
 * address must mean one mailbox to everybody who parses it.
 */
const localPart = /^[a-z0-9#$&'*+/=?^_`{|}~-]+(?:\.[a-z0-9#$&'*+/=?^_`{|}~-]+)*$/;
const domainLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The one form under which an e-mail address is stored and compared: lower-case ASCII, an international domain in
 * punycode. Null for whatever is no plain address.
 */
export function canonicalEmail(text: string): string | null {
  // NFKC makes a character up to 18 times as long.
  if (text.length > emailMaxLength) return null;
  const parts = text.normalize('NFKC').toLowerCase().split('@');
  const [local, unicodeDomain] = parts;
  if (parts.length !== 2 || local === undefined || unicodeDomain === undefined) return null;
  if (local.length > localPartMaxLength || !localPart.test(local)) return null;
  const domain = canonicalDomain(unicodeDomain);
  if (domain === null) return null;
  const email = `${local}@${domain}`;
  return email.length <= emailMaxLength ? email : null;
}

/** The same for a body's property `email`. @throws Problem `invalid_request` */
export function requireEmail(text: string): string {
  return canonicalEmail(text) ?? raiseInvalid([{ pointer: '/email', detail: 'must be an e-mail address' }]);
}

/** A domain name in lower-case ASCII; null for addresses, empty labels and whatever DNS does not take. */
export function canonicalDomain(text: string): string | null {
  // `domainToASCII` reads a host like a browser: it would drop or decode some of these.
  if (/[^a-z0-9.\-\u0080-\uffff]/i.test(text)) return null;
  const domain = domainToASCII(text.normalize('NFKC').toLowerCase());
  const labels = domain.split('.');
  if (!labels.every((label) => domainLabel.test(label))) return null;
  // A last label that begins with a digit is no domain but an IPv4 address, in one of its spellings.
  return /^\d/.test(labels.at(-1)!) ? null : domain;
}

/**
 * The one form of a user name: lower-case letters, digits, `.`, `_` and `-`. One that looks like an id would be taken for
 * one in a path, and `.` and `..` vanish from it.
 */
export function canonicalUsername(text: string): string | null {
  // Before lower-casing, which makes an ASCII letter of some others (the Kelvin sign).
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(text)) return null;
  const username = text.toLowerCase();
  return uuid.test(username) || /^\.{1,2}$/.test(username) ? null : username;
}

/** E.164 with its plus sign and nothing else: +4930123456. */
export function canonicalPhoneNumber(text: string): string | null {
  return /^\+[1-9][0-9]{3,14}$/.test(text) ? text : null;
}

/** What a path or a form names a user by. */
export type UserReference =
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'email'; readonly email: string }
  | { readonly by: 'username'; readonly username: string };

/** Reads an id, an e-mail address or a user name; no text can be two of these. Null for what is none. */
export function readReference(text: string): UserReference | null {
  const lower = text.toLowerCase();
  if (uuid.test(lower)) return { by: 'id', id: lower };
  return readIdentifier(text);
}

/** Reads what people sign in with: an e-mail address or a user name. */
export function readIdentifier(text: string): UserReference | null {
  const email = canonicalEmail(text);
  if (email !== null) return { by: 'email', email };
  const username = canonicalUsername(text);
  return username === null ? null : { by: 'username', username };
}
