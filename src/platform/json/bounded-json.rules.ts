/** Deeper nesting serves nobody, and every recursive reader of it would have to be asked what it bears. */
export const maxJsonDepth = 32;

/**
 * Whether a JSON value fits into `maxBytes` and can be stored: PostgreSQL's `jsonb` takes neither U+0000 nor half a
 * surrogate pair, and writes numbers out with all their digits, so that `1e300` counts as 301 bytes.
 */
export function isBoundedJson(value: unknown, maxBytes: number): boolean {
  let bytes = 0;
  const pending: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth } = next;
    if (depth > maxJsonDepth) return false;
    if (typeof value === 'object' && value !== null) {
      const names = Array.isArray(value) ? [] : Object.keys(value);
      if (!names.every(isStorableText)) return false;
      const members: unknown[] = Object.values(value);
      bytes += names.reduce((sum, name) => sum + textBytes(name) + 1, 0) + Math.max(1, members.length) + 1;
      pending.push(...members.map((member) => ({ value: member, depth: depth + 1 })));
    } else if (typeof value === 'string') {
      if (!isStorableText(value)) return false;
      bytes += textBytes(value);
    } else bytes += typeof value === 'number' ? numberBytes(value) : String(value).length;
    if (bytes > maxBytes) return false;
  }
  return true;
}

/**
 * Whether code that recurses, and code that asks `value.constructor`, can handle a parsed body: it is not nested much
 * deeper than free JSON in it may be, and no name in it hides what every object has.
 */
export function isTame(body: unknown): boolean {
  const pending: { value: unknown; depth: number }[] = [{ value: body, depth: 1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > maxJsonDepth + 8) return false;
    if (Object.keys(value).some((name) => name in Object.prototype)) return false;
    for (const member of Object.values(value)) pending.push({ value: member, depth: depth + 1 });
  }
  return true;
}

function isStorableText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

function textBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}

function numberBytes(number: number): number {
  const [digits, exponent] = String(number).split('e');
  return digits!.length + (exponent === undefined ? 0 : Math.abs(Number(exponent)));
}
