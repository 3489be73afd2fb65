import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';

/** The demo is plain JavaScript, without types of its own. */
const narrator: string = '../../scripts/demo/narrator.js';
const { requireAnswer } = (await import(narrator)) as {
  requireAnswer: (exchange: object, expected: { status: number; body?: object }) => void;
};

interface Run {
  code: number;
  output: string;
  leftovers: string[];
}

/** With a folder of its own for temporary files, so that what it leaves behind is seen. */
function runDemo(): Promise<Run> {
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-demo-test-'));
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['scripts/demo.js'],
      {
        env: {
          ...process.env,
          TMPDIR: directory,
          DATABASE_URL: 'postgres://nobody@127.0.0.1:1/not-for-the-demo',
        },
        timeout: 90_000,
      },
      (error, stdout, stderr) => {
        const leftovers = readdirSync(directory);
        rmSync(directory, { recursive: true, force: true });
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr, leftovers });
      },
    );
  });
}

describe('npm run demo', () => {
  let run: Run;
  beforeAll(async () => {
    run = await runDemo();
  }, 100_000);

  it('ends well, and leaves nothing behind', () => {
    expect(run.output).toContain('That was the main job.');
    expect(run.code).toBe(0);
    expect(run.leftovers).toEqual([]);
  });

  it.each([
    ['a service that validates', 'article service: POST /v1/sessions/validate'],
    ['the preset of roles', 'Olga: PUT /v1/organizations/acme/role-presets/posters-and-commenters'],
    ['what posters may', 'poster may articles:publish, assets:upload, comments:write'],
    ['what commenters may', 'commenter may comments:write'],
    ['what the service made of it', '"author":"Max Meier"'],
    ['a reason that goes through a team', '"because":[{"role":"poster","through":"team:writers"}]'],
    [
      'that another organization answers like none',
      'Gina: GET /v1/organizations/acme/users\n      answered 404',
    ],
    ['that a revoked session is refused', '{"active":false}'],
    ['the audit log', 'done user.signed_up'],
  ])('shows %s', (_, line) => {
    expect(run.output).toContain(line);
  });

  it('shows no secret', () => {
    expect(run.output).not.toMatch(/ten_[a-z]{3}_[\w-]{20}/);
    expect(run.output).not.toContain('umbrella');
  });
});

describe('An answer in the demo', () => {
  const exchange = { method: 'GET', path: '/', status: 200, answer: { active: true, roles: ['member'] } };

  it.each([
    { status: 200 },
    { status: 200, body: { active: true } },
    { status: 200, body: { roles: ['member'] } },
  ])('may be what was promised: %j', (expected) => {
    expect(() => requireAnswer(exchange, expected)).not.toThrow();
  });

  it.each([
    { status: 201 },
    { status: 200, body: { active: false } },
    { status: 200, body: { roles: [] } },
    { status: 200, body: { user: {} } },
  ])('ends the demo otherwise: %j', (expected) => {
    expect(() => requireAnswer(exchange, expected)).toThrow('GET / should have answered');
  });
});
