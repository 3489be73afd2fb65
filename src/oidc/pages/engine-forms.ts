import type { Context } from 'oidc-provider';
import { show } from './shown-pages.js';

/*
 * The engine writes its pages as text. Of the two kinds that it makes by itself the forms are read back out of that text,
 * and shown in pages of ours: none of its HTML reaches anybody. Its values are escaped by it, and by nothing else.
 */

const marker = '<title>Submitting Callback</title>';
const formPattern = /<form\b[^>]* action="([^"]*)"/;
const inputPattern = /<input type="hidden" name="([^"]*)" value="([^"]*)"\/>/g;

export interface EngineForm {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** @throws Error where the engine has come to write something else */
export function readForm(text: string): EngineForm {
  const action = formPattern.exec(text)?.[1];
  if (action === undefined) throw new Error('the engine has written a form of another kind');
  const fields = [...text.matchAll(inputPattern)].map(
    ([, name, value]) => [name!, unescaped(value!)] as const,
  );
  return { action: unescaped(action), fields: Object.fromEntries(fields) };
}

/** Shows the engine's self-submitting forms (`form_post`, and between two steps of signing out) as pages of ours. */
export async function showForms(ctx: Context, next: () => Promise<void>): Promise<void> {
  await next();
  if (typeof ctx.body !== 'string' || !ctx.body.includes(marker)) return;
  const { action, fields } = readForm(ctx.body);
  show(ctx, { kind: 'continue', action, fields: Object.entries(fields) });
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#x27;': "'",
};

const unescaped = (text: string): string =>
  text.replace(/&(?:amp|lt|gt|quot|#39|#x27);/g, (found) => entities[found]!);
