import { isDeepStrictEqual } from 'node:util';

/** An answer that was not the promised one. */
export class WrongAnswer extends Error {}

let steps = 0;

/** Begins a step: what is done, in plain words. */
export function step(title, ...sentences) {
  steps += 1;
  console.log(`\n${steps}. ${title}`);
  for (const sentence of sentences) console.log(`   ${sentence}`);
}

export function because(sentence) {
  console.log(`   Why it matters: ${sentence}`);
}

/** Prints a request and what came back; of the body only what `show` names. */
export function tell({ who, method, path, body, status, answer, show }) {
  console.log(`   ${who}: ${method} ${path}${body === undefined ? '' : ` ${asText(body)}`}`);
  const shown = show === undefined ? answer : pick(answer, show);
  console.log(
    `      answered ${status}${show?.length === 0 || shown === undefined ? '' : ` ${asText(shown)}`}`,
  );
}

/** @throws WrongAnswer unless the status is this one and the body has at least these members */
export function requireAnswer({ method, path, status, answer }, expected) {
  if (status === expected.status && (expected.body === undefined || contains(answer, expected.body))) return;
  throw new WrongAnswer(
    `${method} ${path} should have answered ${asText(expected)}, but answered ${status} ${asText(answer)}`,
  );
}

function contains(value, wanted) {
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted)) {
    return isDeepStrictEqual(value, wanted);
  }
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.entries(wanted).every(([key, part]) => contains(value[key], part))
  );
}

function pick(answer, keys) {
  return Object.fromEntries(
    keys.filter((key) => answer?.[key] !== undefined).map((key) => [key, answer[key]]),
  );
}

/** Secrets are shortened: they belong into no terminal. */
function asText(value) {
  const text = JSON.stringify(value, (key, part) => (key === 'password' ? '…' : part));
  return (text ?? '').replace(/\b(ten_[a-z]{3}_[\w-]{4})[\w-]+/g, '$1…');
}
