import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Cores } from './cores.js';
import { protocolFigures } from './measure-protocol.js';
import { type Plan, signInClients, stormClients, touchedOrganizations, validationClients } from './plan.js';
import { root } from './processes.js';
import type { Samples } from './samples.js';

interface Conditions {
  plan: Plan;
  cores: Cores | null;
}

interface Line {
  what: string;
  figure: string;
  ratio?: number | string;
  aim?: { text: string; isMet: boolean };
}

const begin = '<!-- figures: written by npm run bench -->';
const end = '<!-- end of figures -->';

/** One table in Markdown: absolute figures, ratios and aims. */
export function renderReport(samples: Samples, conditions: Conditions): string {
  const lines = [
    ...validationLines(samples),
    ...signInLines(samples),
    ...startLines(samples),
    ...listLines(samples),
    ...protocolLines(samples),
  ];
  const rows = lines.map(({ what, figure, ratio, aim }) => [
    what,
    figure,
    ratio === undefined ? '' : typeof ratio === 'string' ? ratio : ratio.toFixed(2),
    aim === undefined ? '' : `${aim.text} ${aim.isMet ? '✓' : '✗'}`,
  ]);
  const table = [['', 'measured', 'ratio', 'aim'], ['---', '--:', '--:', '---'], ...rows];
  return [...table.map((cells) => `| ${cells.join(' | ')} |`), '', conditionsText(samples, conditions)].join(
    '\n',
  );
}

/** Puts the figures between the markers of docs/performance.md. */
export async function writeReport(report: string): Promise<void> {
  const path = join(root, 'docs', 'performance.md');
  const document = readFileSync(path, 'utf8');
  const [before, rest = ''] = document.split(begin);
  const after = rest.split(end)[1];
  if (after === undefined) throw new Error(`${path} has lost its markers`);
  const written = `${before}${begin}\n\n${report}\n\n${end}${after}`;
  writeFileSync(path, await format(written, { ...(await resolveConfig(path)), filepath: path }));
}

function validationLines(samples: Samples): Line[] {
  const rate = (name: string) =>
    `${whole(samples.median(`${name} rate`))}/s, p99 ${samples.median(`${name} p99`).toFixed(1)} ms`;
  const ratio = (to: string) => samples.ratio('validation rate', `${to} rate`);
  const batched = ratio('/batched/key-and-session');
  const prepared = ratio('/prepared/key-and-session');
  return [
    { what: '**`POST /v1/sessions/validate`**', figure: rate('validation'), ratio: 'validation is … of' },
    {
      what: 'floor: key and session, batched',
      figure: rate('/batched/key-and-session'),
      ratio: batched,
      aim: { text: '≥ 0.6', isMet: batched >= 0.6 },
    },
    {
      what: 'floor: key and session, one prepared join a request',
      figure: rate('/prepared/key-and-session'),
      ratio: prepared,
      aim: { text: '> 1', isMet: prepared > 1 },
    },
    {
      what: 'floor: session only, batched',
      figure: rate('/batched/session'),
      ratio: ratio('/batched/session'),
    },
    {
      what: 'floor: session only, one prepared join a request',
      figure: rate('/prepared/session'),
      ratio: ratio('/prepared/session'),
    },
    { what: 'floor: a constant', figure: rate('/constant'), ratio: ratio('/constant') },
  ];
}

function signInLines(samples: Samples): Line[] {
  const hashes = samples.ratio('sign-in rate', 'raw hash rate');
  const kept = samples.ratio('storm rate', 'validation rate');
  const p99 = samples.median('storm p99');
  return [
    {
      what: `**sign-in**, ${signInClients} clients`,
      figure: `${samples.median('sign-in rate').toFixed(1)}/s`,
      ratio: hashes,
      aim: { text: '≥ 0.9 of the hash rate', isMet: hashes >= 0.9 },
    },
    { what: 'argon2id and nothing else', figure: `${samples.median('raw hash rate').toFixed(1)}/s` },
    {
      what: `**validation while ${stormClients} clients sign in**`,
      figure: `${whole(samples.median('storm rate'))}/s`,
      ratio: kept,
      aim: { text: '≥ 0.4 of its quiet rate', isMet: kept >= 0.4 },
    },
    {
      what: 'its p99',
      figure: `${samples.median('storm p99').toFixed(1)} ms`,
      aim: { text: '< 50 ms', isMet: p99 < 50 },
    },
    {
      what: 'sign-ins beside it',
      figure: `${samples.median('storm sign-ins').toFixed(1)}/s, ${samples.sum('storm refused')} answered 503, ${samples.sum('storm failed')} otherwise`,
    },
  ];
}

function startLines(samples: Samples): Line[] {
  const [external, embedded] = [samples.median('start, external'), samples.median('start, embedded')];
  const memory = samples.median('idle memory');
  return [
    {
      what: '**first healthy answer**, existing database',
      figure: `${(external / 1_000).toFixed(2)} s`,
      aim: { text: '≤ 1.5 s', isMet: external <= 1_500 },
    },
    {
      what: 'the same with the embedded PostgreSQL',
      figure: `${(embedded / 1_000).toFixed(2)} s`,
    },
    {
      what: '**idle memory**, without the database',
      figure: `${whole(memory)} MB`,
      aim: { text: '< 150 MB', isMet: memory < 150 },
    },
  ];
}

function listLines(samples: Samples): Line[] {
  const line = (what: string, name: string): Line => {
    const [p50, p99] = [samples.median(`${name} p50`), samples.median(`${name} p99`)];
    const figure = `${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
    return { what, figure, aim: { text: '< 5 ms', isMet: p50 < 5 } };
  };
  return [
    line('**list of 100,000 users**, first 50', 'first page'),
    line('50 users behind the 90,000th', 'deep page'),
    line('search that meets many', 'search, common'),
    line('search that meets few', 'search, one user'),
  ];
}

function protocolLines(samples: Samples): Line[] {
  const rate = (name: string) =>
    `${whole(samples.median(`${name} rate`))}/s, p99 ${samples.median(`${name} p99`).toFixed(1)} ms`;
  const [before, after] = [
    samples.median('memory before organizations'),
    samples.median('memory after organizations'),
  ];
  return [
    ...protocolFigures.flatMap((figure) => [
      { what: `**${figure}**`, figure: rate(`tenantry ${figure}`), ratio: 'Tenantry is … of' },
      {
        what: 'the bare engine, in memory',
        figure: rate(`bare ${figure}`),
        ratio: samples.ratio(`tenantry ${figure} rate`, `bare ${figure} rate`),
      },
    ]),
    {
      what: `**memory with ${whole(touchedOrganizations)} issuers touched**`,
      figure: `${whole(after)} MB, ${whole(before)} MB before`,
    },
  ];
}

function conditionsText(samples: Samples, { plan, cores }: Conditions): string {
  const rounds = `Medians of ${plan.rounds} round${plan.rounds === 1 ? '' : 's'}; ${validationClients} connections.`;
  if (cores === null) return `${rounds} Nothing was pinned: server, load and database shared all cores.`;
  const busy = ['validation', '/batched/key-and-session', '/prepared/key-and-session', '/constant'].map(
    (name) => {
      const share = (side: string) => whole(samples.median(`${name} ${side}`) * 100);
      return `${name.replace(/^\//, 'floor ')} ${share('server core')} % and ${share('load core')} %`;
    },
  );
  return `${rounds} The server had one core, load and database the rest. How busy both sides were: ${busy.join('; ')}.`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
