import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * The one command that checks everything. What needs no server goes first and in parallel; then Jest, with what stands
 * behind `npm test --`, prints the last lines.
 */

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (path) => join(root, 'node_modules', path);

const checks = [
  ['formatting', [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']],
  ['lint', [bin('oxlint/bin/oxlint'), '--deny-warnings']],
  ['types', [bin('typescript/bin/tsc'), '--noEmit']],
  [
    'generated documents',
    ['--import', './test/support/typescript-loader.js', 'scripts/generate-docs.ts', '--check'],
  ],
];

const outcomes = await Promise.all(checks.map(([name, command]) => runCheck(name, command)));
const tests = await run(['--experimental-vm-modules', bin('jest/bin/jest.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, NODE_NO_WARNINGS: '1' },
});
process.exit(outcomes.every(Boolean) && tests.code === 0 ? 0 : 1);

async function runCheck(name, command) {
  const start = performance.now();
  const { code, output } = await run(command);
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  console.log(code === 0 ? `ok      ${name} (${seconds} s)` : `FAILED  ${name} (${seconds} s)\n${output}`);
  return code === 0;
}

function run(command, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, { cwd: root, ...options });
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }));
  });
}
