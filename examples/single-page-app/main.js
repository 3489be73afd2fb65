import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';

/* Serves the files of the page, as any web server would; the page does the rest. */

process.loadEnvFile(process.env.SETTINGS ?? new URL('../.env', import.meta.url));
const { ISSUER, PAGE_URL, PAGE_CLIENT_ID } = process.env;

const library = import.meta
  .resolve('oidc-client-ts')
  .replace(/dist\/.*$/, 'dist/browser/oidc-client-ts.min.js');
const files = {
  '/': ['text/html', new URL('page.html', import.meta.url)],
  '/page.js': ['text/javascript', new URL('page.js', import.meta.url)],
  '/oidc-client-ts.js': ['text/javascript', new URL(library)],
};
/** Nothing of it is secret. */
const settings = { issuer: ISSUER, clientId: PAGE_CLIENT_ID };

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, PAGE_URL);
  if (pathname === '/settings.json')
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(settings));
  if (!Object.hasOwn(files, pathname)) return response.writeHead(404).end();
  const [type, file] = files[pathname];
  response.writeHead(200, {
    'content-type': `${type}; charset=utf-8`,
    // Tokens are within reach of every script of this page, so there are none but its own.
    'content-security-policy': `default-src 'none'; script-src 'self'; connect-src 'self' ${new URL(ISSUER).origin}; base-uri 'none'; frame-ancestors 'none'`,
    'referrer-policy': 'no-referrer',
  });
  createReadStream(file).pipe(response);
});
const { port, hostname } = new URL(PAGE_URL);
server.listen(port, hostname, () => console.log(`The page is at ${PAGE_URL}`));
