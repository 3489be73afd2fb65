import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A program of Node that is ready as soon as it says something. */
export async function startProgram(path: string, env: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [path], { env });
  let complaints = '';
  child.stderr.on('data', (text: Buffer) => (complaints += text.toString()));
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${path} did not start: ${complaints}`);
  });
  await Promise.race([once(child.stdout, 'data'), ended]);
  return child;
}

export async function stopProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}

/** On a name that is not the server's: to browsers, another site. */
export async function freeOrigin(): Promise<string> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return `http://localhost:${port}`;
}
