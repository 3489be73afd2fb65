import formbody from '@fastify/formbody';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { FormGuard } from '../platform/http/html/form-guard.js';
import { type PageFrame, sendPage } from '../platform/http/html/page.js';
import { productLook } from '../platform/http/html/page-look.js';
import { englishShell } from '../platform/http/html/shell-wording.js';
import { PublicAddresses } from '../platform/http/public-addresses.js';
import { setupDone, setupForm, type SetupForm } from './setup.html.js';
import { Setup } from './setup.service.js';

type Field = keyof SetupForm['errors'];

const frame: PageFrame = { words: englishShell, look: productLook, shownAddress: '/setup' };

/** The page behind the set-up link: a form that works without JavaScript, gone once there is an operator. */
export function installSetupPage(fastify: FastifyInstance, app: NestFastifyApplication): void {
  void fastify.register(async (scope) => {
    await scope.register(formbody);

    scope.get('/setup', async (request, reply) => {
      if (!(await app.get(Setup).isOpen())) throw notFoundProblem();
      const { token } = request.query as { token?: unknown };
      return sendPage(reply, 200, frame, setupForm({ token: textOf(token), email: '', errors: {} }));
    });

    scope.post('/setup', async (request, reply) => {
      // Nobody else knows the token, so that no seal of the form is needed.
      app.get(FormGuard).requireSameOrigin(request);
      const { token, email, password } = (request.body ?? {}) as Record<string, unknown>;
      const form = { token: textOf(token), email: textOf(email) };
      try {
        await app
          .get(Setup)
          .complete(visitorOf(request), form.token, { email: form.email, password: textOf(password) });
      } catch (error) {
        if (!(error instanceof Problem) || error.kind.status === 404 || error.kind.status >= 500) throw error;
        return sendPage(reply, 422, frame, setupForm({ ...form, errors: messagesOf(error) }));
      }
      return sendPage(reply, 201, frame, setupDone(form.email, app.get(PublicAddresses)));
    });
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 512) : '';
}

function visitorOf(request: FastifyRequest) {
  return { kind: 'anonymous', origin: request.origin } as const;
}

function messagesOf({ kind, errors, detail }: Problem): SetupForm['errors'] {
  if (kind.code === 'invalid_token') {
    return { form: 'This link has been used or has expired. Restart the server: it prints a new one.' };
  }
  const entries = (errors ?? []).map(({ pointer, detail: message }): [Field, string] => {
    if (pointer.includes('password')) return ['password', `The password ${message}`];
    return pointer.includes('email') ? ['email', `The address ${message}`] : ['form', message];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : { form: detail ?? kind.title };
}
