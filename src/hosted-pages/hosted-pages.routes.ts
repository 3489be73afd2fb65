import formbody from '@fastify/formbody';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { accountPages } from './account/account.routes.js';
import { installDiscoveryPage } from './discovery.page.js';
import { emailChangePage } from './email-change.page.js';
import { invitationPage } from './invitation.page.js';
import { magicLinkPage } from './magic-link.page.js';
import { installPages } from './page-routes.js';
import { providerPages } from './providers/providers.routes.js';
import { signInPages } from './sign-in/sign-in.routes.js';
import { passwordResetPage } from './password-reset.page.js';
import { hostedTokenPage } from './token-page.js';
import { installUnknownPages } from './unknown-pages.js';
import { verifyEmailPage } from './verify-email.page.js';

/** The pages behind the links in mails. */
const tokenPages = [verifyEmailPage, passwordResetPage, emailChangePage, magicLinkPage, invitationPage];

export function installHostedPages(fastify: FastifyInstance, app: NestFastifyApplication): void {
  void fastify.register(async (scope) => {
    await scope.register(formbody);
    installDiscoveryPage(scope, app);
    installPages(scope, app, [
      ...tokenPages.map((make) => hostedTokenPage(app, make(app))),
      ...signInPages(app),
      ...accountPages(app),
      ...providerPages(app),
    ]);
    installUnknownPages(scope, app);
  });
}
