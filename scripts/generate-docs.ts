import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { problemCatalogue } from '../src/platform/problems/problem.js';
import { describeApi, renderApi } from './documents/api.js';
import { renderConfiguration, renderEnvironmentExample } from './documents/configuration.js';
import { renderPermissions } from './documents/permissions.js';
import { renderProblems } from './documents/problems.js';

/*
 * Writes the documents that are made from the code. With `--check` it writes nothing and fails when one is stale.
 */

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const documents = await makeDocuments();
const stale = Object.entries(documents).filter(([path, content]) => readDocument(path) !== content);

if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${path} is stale: run "npm run docs"`);
  process.exit(stale.length === 0 ? 0 : 1);
}
for (const [path, content] of stale) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
  console.log(`wrote ${path}`);
}
process.exit(0);

async function makeDocuments(): Promise<Record<string, string>> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const api = await describeApi(version);
  return {
    'docs/openapi.json': renderApi(api),
    'docs/problems.md': await formatted('docs/problems.md', renderProblems(problemCatalogue(), api)),
    'docs/permissions.md': await formatted('docs/permissions.md', renderPermissions(api)),
    'docs/configuration.md': await formatted('docs/configuration.md', renderConfiguration()),
    '.env.example': renderEnvironmentExample(),
  };
}

async function formatted(path: string, markdown: string): Promise<string> {
  const options = await resolveConfig(join(root, path));
  return format(markdown, { ...options, filepath: path });
}

function readDocument(path: string): string | null {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return null;
  }
}
