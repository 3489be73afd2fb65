import { once } from 'node:events';
import { createServer } from 'node:http';

export interface ApplicationSite {
  callback: string;
  /** What was posted last. @throws Error where nothing was */
  lastForm(): URLSearchParams;
  close(): Promise<void>;
}

/** Where an application gets people back: on another site than the server's, to browsers. */
export async function openApplicationSite(): Promise<ApplicationSite> {
  let form: URLSearchParams | undefined;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === 'POST') form = new URLSearchParams(Buffer.concat(chunks).toString());
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><html lang="en"><title>Application</title><p>You have arrived.</p></html>');
  }).listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    callback: `http://localhost:${port}/callback`,
    lastForm: () => {
      if (form === undefined) throw new Error('nothing was posted');
      return form;
    },
    close: async () => {
      server.close().closeAllConnections();
      await once(server, 'close').catch(() => {});
    },
  };
}
