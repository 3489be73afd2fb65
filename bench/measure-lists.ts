import { request, Agent } from 'node:http';
import type { Plan } from './plan.js';
import type { MeasuredServer } from './processes.js';
import type { Samples } from './samples.js';
import type { World } from './world.js';

interface Page {
  items: unknown[];
  nextCursor: string | null;
}

const users = '/v1/organizations/metropolis/users';
/** Pages of 200 that lie before the deep page: 90,000 users. */
const pagesBefore = 450;

/** Addresses of the pages that are measured. The deep one is found as a client finds it: page by page. */
export async function findPages(world: World, server: MeasuredServer): Promise<Record<string, string>> {
  let cursor = '';
  for (let page = 0; page < pagesBefore; page++) {
    const { nextCursor } = await get(world, server, `${users}?limit=200${cursor}`);
    if (nextCursor === null) throw new Error('the list ended too early');
    cursor = `&cursor=${encodeURIComponent(nextCursor)}`;
  }
  return {
    'first page': `${users}?limit=50`,
    'deep page': `${users}?limit=50${cursor}`,
    'search, common': `${users}?limit=50&q=weber`,
    'search, one user': `${users}?limit=50&q=ada.becker.7`,
  };
}

/** One client that asks again and again: the time of an answer, whole and over HTTP. */
export async function measureLists(
  world: World,
  server: MeasuredServer,
  pages: Record<string, string>,
  plan: Plan,
  samples: Samples,
): Promise<void> {
  for (const [name, path] of Object.entries(pages)) {
    const milliseconds: number[] = [];
    for (let asked = 0; asked < plan.listRequests; asked++) {
      const startedAt = performance.now();
      const page = await get(world, server, path);
      milliseconds.push(performance.now() - startedAt);
      if (page.items.length === 0) throw new Error(`${name}: nobody was found`);
    }
    milliseconds.sort((a, b) => a - b);
    samples.addAll(name, {
      p50: milliseconds[Math.floor(milliseconds.length * 0.5)]!,
      p99: milliseconds[Math.floor(milliseconds.length * 0.99)]!,
    });
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function get(world: World, { port }: MeasuredServer, path: string): Promise<Page> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${world.registrarToken}` };
    request({ host: '127.0.0.1', port, path, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(JSON.parse(body) as Page);
        else reject(new Error(`${path}: ${response.statusCode} ${body}`));
      });
    })
      .on('error', reject)
      .end();
  });
}
