import { execFile } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeTemporaryDirectory } from '../support/temporary-directory.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Violation {
  rule: string;
  from: string;
}

/** For each rule one file that breaks it, and what that file needs to exist. */
const planted: Record<string, { from: string; files: Record<string, string> }> = {
  'no-cycle': {
    from: 'src/articles/gem.ts',
    files: {
      'src/articles/ring.ts': `import type { Gem } from './gem.js';\nexport type Ring = Gem;`,
      'src/articles/gem.ts': `import type { Ring } from './ring.js';\nexport type Gem = Ring | null;`,
    },
  },
  'platform-knows-no-feature': {
    from: 'src/platform/clock/clock.ts',
    files: {
      'src/platform/clock/clock.ts': `import type { Article } from '../../articles/article.entity.js';\nexport type A = Article;`,
    },
  },
  'features-meet-at-the-front-door': {
    from: 'src/comments/comments.service.ts',
    files: {
      'src/comments/comments.service.ts': `import type { Article } from '../articles/article.entity.js';\nexport type A = Article;`,
    },
  },
  'hosted-pages-are-a-leaf': {
    from: 'src/comments/comments.module.ts',
    files: {
      'src/hosted-pages/pages.service.ts': 'export const page = 1;',
      'src/comments/comments.module.ts': `export { page } from '../hosted-pages/pages.service.js';`,
    },
  },
  'rules-are-pure': {
    from: 'src/articles/articles.rules.ts',
    files: { 'src/articles/articles.rules.ts': `export { Article } from './article.entity.js';` },
  },
  'rules-know-no-framework': {
    from: 'src/articles/reading.rules.ts',
    files: {
      'src/articles/reading.rules.ts': `import type { FastifyRequest } from 'fastify';\nexport type A = FastifyRequest;`,
    },
  },
  'controllers-hold-no-sql': {
    from: 'src/articles/articles.controller.ts',
    files: {
      'src/articles/articles.queries.ts': 'export const find = 1;',
      'src/articles/articles.controller.ts': `export { find } from './articles.queries.js';`,
    },
  },
  'services-know-no-http': {
    from: 'src/articles/articles.service.ts',
    files: {
      'src/articles/articles.service.ts': `import type { FastifyReply } from 'fastify';\nexport type A = FastifyReply;`,
    },
  },
  'queries-alone-know-the-driver': {
    from: 'src/articles/pool.queries.ts',
    files: { 'src/articles/pool.queries.ts': `export { default } from 'pg';` },
  },
  'migrations-stand-alone': {
    from: 'migrations/1-articles.ts',
    files: { 'migrations/1-articles.ts': `export { Article } from '../src/articles/article.entity.js';` },
  },
  'nobody-imports-the-entry': {
    from: 'src/articles/boot.ts',
    files: {
      'src/app.ts': 'export const app = 1;',
      'src/articles/boot.ts': `export { app } from '../app.js';`,
    },
  },
  'product-knows-no-tests': {
    from: 'src/articles/fixture.ts',
    files: {
      'test/support/articles.ts': 'export const articles = 1;',
      'src/articles/fixture.ts': `export { articles } from '../../test/support/articles.js';`,
    },
  },
  'product-runs-without-development-packages': {
    from: 'src/articles/format.ts',
    files: { 'src/articles/format.ts': `export { format } from 'prettier';` },
  },
  'no-drawers': {
    from: 'src/articles/list.ts',
    files: {
      'src/articles/utils.ts': 'export const all = 1;',
      'src/articles/list.ts': `export { all } from './utils.js';`,
    },
  },
  'everything-resolves': {
    from: 'src/articles/lost.ts',
    files: { 'src/articles/lost.ts': `export { nothing } from './nowhere.js';` },
  },
};

/** For each rule of the linter that holds the architecture, one file that breaks it. */
const linted: Record<string, { rule: string; file: string; content: string }> = {
  'DataSource outside platform/database': {
    rule: 'eslint(no-restricted-imports)',
    file: 'src/articles/source.ts',
    content: `import { DataSource } from 'typeorm';\nexport const source = DataSource;`,
  },
  'a relation of the ORM': {
    rule: 'eslint(no-restricted-imports)',
    file: 'src/articles/relation.ts',
    content: `import { ManyToOne } from 'typeorm';\nexport const relation = ManyToOne;`,
  },
  'a bare HTTP exception': {
    rule: 'eslint(no-restricted-imports)',
    file: 'src/articles/exception.ts',
    content: `import { NotFoundException } from '@nestjs/common';\nexport const lost = () => new NotFoundException();`,
  },
  'services joined by forwardRef': {
    rule: 'eslint(no-restricted-imports)',
    file: 'src/articles/circle.ts',
    content: `import { forwardRef } from '@nestjs/common';\nexport const circle = forwardRef;`,
  },
  'process.env outside platform/config': {
    rule: 'node(no-process-env)',
    file: 'src/articles/environment.ts',
    content: `export const home = process.env['HOME'];`,
  },
  'any without a reason': {
    rule: 'typescript(no-explicit-any)',
    file: 'src/articles/any.ts',
    content: 'export const anything = (value: any): unknown => value;',
  },
  'printing instead of logging': {
    rule: 'eslint(no-console)',
    file: 'src/articles/print.ts',
    content: `console.log('here');\nexport const printed = true;`,
  },
};

describe('Imports', () => {
  let directory: string;

  beforeAll(() => {
    directory = makeTemporaryDirectory('planted');
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
    for (const file of ['tsconfig.json', 'package.json', '.oxlintrc.json'])
      copyFileSync(join(root, file), join(directory, file));
    write('src/articles/article.entity.ts', 'export class Article {}');
    for (const { files } of Object.values(planted)) {
      for (const [path, content] of Object.entries(files)) write(path, content);
    }
    for (const { file, content } of Object.values(linted)) write(file, content);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('keep the rules of the house', async () => {
    const violations = await cruise(root, ['src', 'migrations', 'test']);

    expect(violations.map(({ rule, from }) => `${rule}: ${from}`)).toEqual([]);
  });

  it('are covered: every rule has a planted violation, and each is found', async () => {
    const { default: config } = (await import(join(root, '.dependency-cruiser.js'))) as {
      default: { forbidden: { name: string }[] };
    };

    const violations = await cruise(directory, ['src', 'migrations']);

    expect(Object.keys(planted).toSorted()).toEqual(config.forbidden.map(({ name }) => name).toSorted());
    for (const [rule, { from }] of Object.entries(planted)) expect(violations).toContainEqual({ rule, from });
  });

  it.each(Object.entries(linted))('and the linter finds %s', async (_, { rule, file }) => {
    const findings = await lint(directory);

    expect(findings).toContainEqual({ rule, from: file });
  });

  function write(path: string, content: string): void {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), `${content}\n`);
  }
});

describe('Source files', () => {
  it('switch a rule off with a reason only', async () => {
    const files = listFiles();
    const bare = files.flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .filter(
          (line) =>
            /(eslint|oxlint)-disable|@ts-(ignore|expect-error|nocheck)/.test(line) && !line.includes(' -- '),
        )
        .filter(() => file !== 'test/architecture/dependencies.spec.ts')
        .map((line) => `${file}: ${line.trim()}`),
    );

    expect(bare).toEqual([]);
  });

  it('are called after what they hold', async () => {
    const files = listFiles();

    expect(
      files.filter((file) => /(^|\/)(index|utils?|helpers?|common|shared|misc|base)(\/|\.[jt]s$)/.test(file)),
    ).toEqual([]);
  });

  it('hold SQL in queries, migrations and the platform only', async () => {
    const files = listFiles().filter(
      (file) =>
        file.startsWith('src/') &&
        !/\.queries\.ts$|^src\/platform\/|\.spec\.ts$|principal-lookup\.ts$|use-recorder\.ts$/.test(file),
    );
    const withSql = files.filter((file) =>
      /`\s*(select|insert into|update|delete from|with)\s[^`]*\b(from|values|set|into)\b/i.test(
        readFileSync(join(root, file), 'utf8'),
      ),
    );

    expect(withSql).toEqual([]);
  });
});

async function cruise(cwd: string, folders: string[]): Promise<Violation[]> {
  const { stdout } = await run(cwd, [
    join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
    ...folders,
    '--config',
    join(root, '.dependency-cruiser.js'),
    '--output-type',
    'json',
  ]);
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { from: string; rule: { name: string } }[] };
  };
  return summary.violations.map(({ from, rule }) => ({ rule: rule.name, from }));
}

async function lint(cwd: string): Promise<Violation[]> {
  const { stdout } = await run(cwd, [
    join(root, 'node_modules/oxlint/bin/oxlint'),
    '--format',
    'json',
    'src',
  ]);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
  return diagnostics.map(({ code, filename }) => ({ rule: code, from: filename }));
}

function listFiles(): string[] {
  return globSync('{src,test,scripts,migrations,bench}/**/*.{ts,js}', { cwd: root });
}

/** Checkers end with a failure when they found something: that is no failure of ours. */
function run(cwd: string, command: string[]): Promise<{ stdout: string }> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, command, { cwd, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (stdout === '') reject(new Error(`${command[0]} said nothing: ${stderr || error?.message}`));
      else resolve({ stdout });
    });
  });
}
