import { describe, expect, it } from '@jest/globals';
import Fastify from 'fastify';
import { html } from './markup.js';
import { type PageContent, sendPage } from './page.js';
import { productLook } from './page-look.js';
import { englishShell } from './shell-wording.js';

async function sent(page: Partial<PageContent>) {
  const fastify = Fastify();
  const frame = { words: englishShell, look: productLook, shownAddress: null };
  fastify.get('/', (_, reply) =>
    sendPage(reply, 200, frame, { title: 'A title', content: html`<p>Hello</p>`, ...page }),
  );
  const response = await fastify.inject('/');
  await fastify.close();
  return {
    status: response.statusCode,
    policy: String(response.headers['content-security-policy']),
    text: response.body,
  };
}

describe('A page', () => {
  it('lets forms lead to where it says, and nowhere else', async () => {
    const leadsTo = [
      'https://app.acme.example/callback?a=b',
      'https://app.acme.example/other',
      'http://localhost:4000/cb',
      'com.acme.app:/callback',
    ];

    expect((await sent({})).policy).toContain("form-action 'self';");
    expect((await sent({ leadsTo })).policy).toContain(
      "form-action 'self' https://app.acme.example http://localhost:4000 com.acme.app:;",
    );
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'no address',
    'https://*.example',
    "https://a.example;script-src'",
  ])('is not made where a form would lead to %j', async (address) => {
    const { status, policy } = await sent({ leadsTo: [address] });

    expect(status).toBe(500);
    expect(policy).toBe('undefined');
  });

  it('runs nothing, shows no frames and is shown in none', async () => {
    const { policy, text } = await sent({});

    expect(policy).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
    expect(policy).not.toMatch(/unsafe|frame-src|connect-src/);
    expect(text).not.toContain('<script');
    expect((await sent({ hasFrames: true })).policy).toContain("frame-src 'self'");
  });

  it('says in its title first that something is wrong', async () => {
    expect((await sent({})).text).toContain('<title>A title · Tenantry</title>');
    expect((await sent({ isFailure: true })).text).toContain('<title>Error: A title · Tenantry</title>');
    expect((await sent({ flaws: [{ name: 'a', text: 'x' }] })).text).toContain('<title>Error: A title');
  });

  it('with sections has its menu and a way past it', async () => {
    const { text } = await sent({
      layout: 'sections',
      menu: [
        { label: 'Profile', href: '/a', isCurrent: true },
        { label: 'Sessions', href: '/b', isCurrent: false },
      ],
    });

    expect(text).toContain('<a class="skip" href="#content">');
    expect(text).toContain('<nav class="menu" aria-label="Sections">');
    expect(text).toMatch(/<a href="\/a" aria-current="page"\s*>Profile<\/a/);
    expect(text).toContain('<main id="content" tabindex="-1">');
  });
});
