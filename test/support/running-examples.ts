import { type ChildProcess, execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv, promisify } from 'node:util';
import { freeOrigin, startProgram, stopProgram } from './running-programs.js';
import { makeTemporaryDirectory } from './temporary-directory.js';
import { testPassword } from './given.js';
import type { TestApp } from './test-app.js';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));

export interface ExampleSettings {
  ISSUER: string;
  ARTICLES_API: string;
  WEB_APP_URL: string;
  PAGE_URL: string;
  SERVICE_URL: string;
  [name: string]: string;
}

/** What a reader of `examples/` does for one organization, by the same commands, against the server of a test. */
export class RunningExamples {
  readonly #processes: ChildProcess[] = [];

  private constructor(
    private readonly directory: string,
    private readonly env: Record<string, string>,
    readonly settings: ExampleSettings,
    /** As whom the command that prepares says that one can sign in. */
    readonly people: readonly { email: string; password: string }[],
  ) {}

  static async prepare(app: TestApp, organization: string): Promise<RunningExamples> {
    const operator = await app.given.operator();
    const directory = makeTemporaryDirectory('examples');
    const env = { PATH: process.env['PATH']!, SETTINGS: join(directory, 'settings.env') };
    const [webApp, page, service] = await Promise.all([freeOrigin(), freeOrigin(), freeOrigin()]);
    const { stdout } = await promisify(execFile)(process.execPath, [join(examples, 'prepare.js')], {
      env: {
        ...env,
        TENANTRY: app.origin,
        ORGANIZATION: organization,
        ADMIN_EMAIL: operator.email,
        ADMIN_PASSWORD: testPassword,
        WEB_APP_URL: webApp,
        PAGE_URL: page,
        SERVICE_URL: service,
      },
    });
    const settings = parseEnv(readFileSync(env.SETTINGS, 'utf8')) as ExampleSettings;
    return new RunningExamples(directory, env, settings, peopleIn(stdout));
  }

  async start(...names: ('web-app' | 'single-page-app' | 'service')[]): Promise<this> {
    await Promise.all(names.map((name) => this.startOne(name)));
    return this;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map(stopProgram));
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async startOne(name: string): Promise<void> {
    this.#processes.push(await startProgram(join(examples, name, 'main.js'), this.env));
  }
}

function peopleIn(said: string): { email: string; password: string }[] {
  const people = said.matchAll(/sign in as (\S+) with "([^"]+)"/g);
  return [...people].map(([, email, password]) => ({ email: email!, password: password! }));
}
