import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isUuid } from '../platform/crypto/uuid.js';
import { type PageFrame, sendPage } from '../platform/http/html/page.js';
import { productLook } from '../platform/http/html/page-look.js';
import { englishShell } from '../platform/http/html/shell-wording.js';
import { PublicAddresses } from '../platform/http/public-addresses.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { mailList, oneMail } from './captured-mails.html.js';
import { type CapturedMail, FileTransport } from './file-transport.js';
import { MailTransport } from './mail-transport.js';

const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);
const frame: PageFrame = {
  words: englishShell,
  look: { ...productLook, productName: 'Tenantry · development' },
  shownAddress: null,
};
/** What a template makes is shown as somebody else's: no script, no forms, no cookies. */
const mailBody = `sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`;

/**
 * Shows what the file transport kept, so that links can be clicked in development. Those links let anybody in: there are
 * no such pages in production, none where people come from elsewhere, and none under a name that another site could
 * have given to this machine (DNS rebinding).
 */
export function installCapturedMailPages(fastify: FastifyInstance, app: NestFastifyApplication): void {
  const transport = app.get<MailTransport | null>(MailTransport, { strict: false });
  if (!(transport instanceof FileTransport) || !isLocal(app.get(PublicAddresses).origin)) return;

  fastify.get('/dev/mails', async (request, reply) => {
    requireLocal(request);
    const mails = await transport.list();
    return sendPage(reply, 200, frame, mailList(mails, transport.folder));
  });

  fastify.get('/dev/mails/:id', async (request, reply) => {
    const mail = await requested(request, transport);
    return sendPage(reply, 200, frame, oneMail(mail));
  });

  fastify.get('/dev/mails/:id/html', async (request, reply) => {
    const mail = await requested(request, transport);
    if (mail.html === null) throw notFoundProblem();
    return reply.header('content-security-policy', mailBody).type('text/html; charset=utf-8').send(mail.html);
  });
}

async function requested(request: FastifyRequest, transport: FileTransport): Promise<CapturedMail> {
  requireLocal(request);
  const { id } = request.params as { id: string };
  const mail = isUuid(id) ? await transport.find(id.toLowerCase()) : null;
  if (mail === null) throw notFoundProblem();
  return mail;
}

function requireLocal({ headers }: FastifyRequest): void {
  if (!isLocal(`http://${headers.host ?? ''}`)) throw notFoundProblem();
}

function isLocal(address: string): boolean {
  return URL.canParse(address) && loopbackHosts.has(new URL(address).hostname);
}
