import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv, promisify } from 'node:util';
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
  readonly #complaints: string[] = [];

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

  /** What the examples have written about failures so far. */
  get complaints(): string {
    return this.#complaints.join('');
  }

  async stop(): Promise<void> {
    for (const child of this.#processes) {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async startOne(name: string): Promise<void> {
    const child = spawn(process.execPath, [join(examples, name, 'main.js')], { env: this.env });
    this.#processes.push(child);
    child.stderr.on('data', (text: Buffer) => this.#complaints.push(text.toString()));
    await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(() => {
        throw new Error(`the example ${name} did not start: ${this.complaints}`);
      }),
    ]);
  }
}

function peopleIn(said: string): { email: string; password: string }[] {
  const people = said.matchAll(/sign in as (\S+) with "([^"]+)"/g);
  return [...people].map(([, email, password]) => ({ email: email!, password: password! }));
}

/** On a name that is not the server's: to browsers, another site. */
async function freeOrigin(): Promise<string> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return `http://localhost:${port}`;
}
