import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const pathOf = ({ slug }: TestOrganization): string => `/v1/organizations/${slug}/invitations`;

describe('The mail of an invitation', () => {
  it('brings a link that makes a user', async () => {
    const { organization, owner } = await app.given.organization();
    await app.api.as(owner).post(pathOf(organization), { email: 'max@acme.example', roles: ['member'] });

    const mail = await app.mailbox.next('max@acme.example');

    expect(mail.subject).toBe('Olga Owner invites you to Acme');
    expect(mail.link).toBe(`${app.origin}/o/${organization.slug}/invitation?token=${mail.token}`);
    const body = { token: mail.token, password: testPassword };
    expect((await app.api.post(`${pathOf(organization)}/accept`, body)).status).toBe(200);
  });

  it('shows the message as it was written, in the language that was chosen', async () => {
    const { organization, owner } = await app.given.organization();
    const message = 'Komm zu uns!\n<b onload="alert(1)">see https://evil.example </b> {{ link }}';
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    await app.api
      .as(owner)
      .post(pathOf(organization), { email: 'max@acme.example', message, locale: 'de', expiresAt });

    const { subject, text, html } = await app.mailbox.next('max@acme.example');

    expect(subject).toBe('Olga Owner lädt Sie ein: Acme');
    expect(text).toContain(message);
    expect(text).toContain(`bis zum ${expiresAt.slice(0, 10)}`);
    expect(html).not.toContain('<b onload');
    const targets = [...html!.matchAll(/href="([^"]*)"/g)].map(([, target]) => target);
    expect(new Set(targets).size).toBe(1);
    expect(targets[0]).toContain(`/o/${organization.slug}/invitation?token=`);
  });

  it('sent again has a new link, and the one before is dead', async () => {
    const { organization, owner } = await app.given.organization();
    const { body } = await app.api.as(owner).post(pathOf(organization), { email: 'max@acme.example' });
    const first = await app.mailbox.next('max@acme.example');
    await app.api.as(owner).post(`${pathOf(organization)}/${body.id}/deliveries`);
    const second = await app.mailbox.next('max@acme.example');
    const open = (token: string | null) => app.api.post(`${pathOf(organization)}/open`, { token });

    expect(second.token).not.toBe(first.token);
    expect(await open(first.token)).toBeProblem('invalid_token');
    expect((await open(second.token)).status).toBe(200);
  });

  it('that was late brings a living link, and none goes out for what was revoked', async () => {
    const { organization, owner } = await app.given.organization();
    const revoked = await app.api.as(owner).post(pathOf(organization), { email: 'eve@acme.example' });
    await app.api.as(owner).post(pathOf(organization), { email: 'max@acme.example' });
    await app.api.as(owner).delete(`${pathOf(organization)}/${revoked.body.id}`);
    await app.given.timePasses(organization, '1 day');

    const { token } = await app.mailbox.next('max@acme.example');

    expect((await app.api.post(`${pathOf(organization)}/open`, { token })).status).toBe(200);
    await expect(app.mailbox.next('eve@acme.example')).rejects.toThrow('there is no mail');
  });
});
