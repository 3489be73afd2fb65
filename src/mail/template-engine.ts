import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Liquid, LiquidOptions } from 'liquidjs';
import { placeCodeInHtml, placeCodeInText, placeInHtml, placeInText } from './link-places.rules.js';

/** What a template is made of; `html` may be missing, `text` never. */
export interface TemplateSource {
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
}

/** Why a template does not work, in words for whoever wrote it. */
export class TemplateError extends Error {
  constructor(
    readonly part: keyof TemplateSource,
    message: string,
  ) {
    super(message);
    this.name = 'TemplateError';
  }
}

/** Not `capture`: it doubles a text each time, and what is captured is counted by no limit. */
const tags = ['assign', 'case', 'comment', 'for', 'if', 'unless', 'break', 'continue', '#'] as const;
const filters = [
  'append',
  'capitalize',
  'date',
  'default',
  'divided_by',
  'downcase',
  'first',
  'join',
  'last',
  'minus',
  'plus',
  'prepend',
  'remove',
  'replace',
  'round',
  'size',
  'slice',
  'split',
  'strip',
  'times',
  'truncate',
  'truncatewords',
  'upcase',
  'url_encode',
] as const;

const longestOutput = 200_000;
const limits = {
  parseLimit: 100_000,
  memoryLimit: 100_000,
} as const;
/**
 * For subject, text and HTML of one mail together: nobody else is served meanwhile. A usual template takes 1 or 2. What has
 * been accepted once gets twice as long when it is sent, by a machine that may have more to do; the shipped ones, whose
 * authors are known, get as long as they take.
 */
const renderMilliseconds = { draft: 100, own: 200, shipped: 10_000 } as const;
/** Reading so many takes 6 ms; a mail needs a dozen. */
const mostTags = 1_000;

/**
 * Templates come from administrators of organizations, and what they show from anybody. So they get a language without
 * a way out: no files, no prototypes, no tags but those that choose and repeat, and no filter that lifts the escaping
 * of HTML. Size of source and output, memory and time are bounded.
 */
function engine(options: Pick<LiquidOptions, 'outputEscape'>): Liquid {
  // Loaded with the first mail; rendering waits for nothing else.
  const { Liquid } = createRequire(import.meta.url)('liquidjs') as typeof import('liquidjs');
  const liquid = new Liquid({
    ...options,
    ...limits,
    // The only files there are: none.
    templates: {},
    relativeReference: false,
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    dynamicPartials: false,
    timezoneOffset: 'UTC',
    locale: 'en',
  });
  keepOnly(liquid.tags, tags);
  keepOnly(liquid.filters, filters);
  return liquid;
}

function keepOnly(members: Record<string, unknown>, kept: readonly string[]): void {
  for (const name of Object.keys(members)) if (!kept.includes(name)) delete members[name];
}

let madeEngines: Record<keyof TemplateSource, Liquid> | undefined;

function engines(): Record<keyof TemplateSource, Liquid> {
  return (madeEngines ??= {
    subject: engine({}),
    text: engine({}),
    html: engine({ outputEscape: 'escape' }),
  });
}

/**
 * A link lets in whoever has it, also those who outrank the author of the template by far, and so does a code. So a template
 * never sees them: it gets something else, which they take the place of where they do not leave the mail.
 *
 * @throws TemplateError
 */
export function renderTemplate<
  Variables extends { readonly link: string | null; readonly code?: string | null },
>(
  source: TemplateSource,
  variables: Variables,
  origin: keyof typeof renderMilliseconds = 'draft',
): TemplateSource {
  const { link, code = null } = variables;
  const linkStandIn = link?.replace(/=.*$/s, `=${randomBytes(24).toString('base64url')}`) ?? null;
  const codeStandIn = code === null ? null : randomBytes(24).toString('hex');
  let rendered = renderParts(source, { ...variables, link: linkStandIn, code: codeStandIn }, origin);
  if (link !== null) rendered = placed(rendered, linkPlaces, linkStandIn!, link);
  if (code !== null) rendered = placed(rendered, codePlaces, codeStandIn!, code);
  return rendered;
}

interface Places {
  readonly inText: typeof placeInText;
  readonly inHtml: typeof placeInHtml;
  readonly textRule: string;
  readonly htmlRule: string;
}

const linkPlaces: Places = {
  inText: placeInText,
  inHtml: placeInHtml,
  textRule:
    '{{ link }} must stand by itself, after a space or at the beginning of a line, and no part of an address',
  htmlRule:
    '{{ link }} must be text that stands by itself, or the whole of a quoted href, in well-formed HTML without conditional comments, forms, frames, pings, and style sheets that import others or look at addresses',
};

const codePlaces: Places = {
  inText: placeCodeInText,
  inHtml: placeCodeInHtml,
  textRule: '{{ code }} must stand by itself, with spaces or ends of the line around it',
  htmlRule:
    '{{ code }} must be text that stands by itself and no part of a tag, in well-formed HTML without conditional comments, forms, frames, and style sheets that import others',
};

function placed(
  { subject, text, html }: TemplateSource,
  { inText, inHtml, textRule, htmlRule }: Places,
  standIn: string,
  secret: string,
): TemplateSource {
  const misplaced = (part: keyof TemplateSource): never => {
    throw new TemplateError(part, part === 'html' ? htmlRule : textRule);
  };
  return {
    subject: inText(subject, standIn, secret) ?? misplaced('subject'),
    text: inText(text, standIn, secret) ?? misplaced('text'),
    html: html === null ? null : (inHtml(html, standIn, secret) ?? misplaced('html')),
  };
}

function renderParts(
  source: TemplateSource,
  variables: object,
  origin: keyof typeof renderMilliseconds,
): TemplateSource {
  const endsAt = performance.now() + renderMilliseconds[origin];
  return {
    subject: render('subject', source.subject, variables, endsAt).replace(/\s+/g, ' ').trim().slice(0, 250),
    // What a condition left out leaves no gap.
    text: render('text', source.text, variables, endsAt).replace(/\n{3,}/g, '\n\n'),
    html: source.html === null ? null : render('html', source.html, variables, endsAt),
  };
}

function render(part: keyof TemplateSource, source: string, variables: object, endsAt: number): string {
  if ((source.match(/\{[{%]/g)?.length ?? 0) > mostTags)
    throw new TemplateError(part, 'it has too many tags');
  let output: string;
  try {
    const template = engines()[part].parse(source);
    const renderLimit = endsAt - performance.now();
    output = String(engines()[part].renderSync(template, variables, { renderLimit }));
  } catch (error) {
    // The first line says what is wrong and where; the others quote the template.
    throw new TemplateError(part, (error as Error).message.split('\n')[0]!.slice(0, 300));
  }
  if (output.length > longestOutput) throw new TemplateError(part, 'it becomes too long');
  return output;
}
