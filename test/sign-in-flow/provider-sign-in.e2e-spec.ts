import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ProviderSignIn } from '../../src/sign-in-flow/provider-sign-in.service.js';
import { givenProvider, identityOf, visitor } from '../accounts/world.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

describe('Whoever comes by a provider with an address that is to be verified first', () => {
  it('gets one mail, is signed in once its link was opened, and has a session that says how', async () => {
    const { organization } = await app.given.organization({
      registration: { mode: 'open', emailVerification: 'required' },
    });
    const provider = await givenProvider(app, organization);
    const email = `max@${organization.slug}.example`;
    const said = { acr: 'urn:example:gold', amr: ['otp'] };
    const identity = identityOf(provider, { ...said, claims: { email, emailVerified: true } });
    const traveller = {
      visitor,
      organization,
      browser: 'b'.repeat(43),
      sessionToken: null,
      deviceTokens: [],
    };
    const signIn = () => app.get(ProviderSignIn).signIn(traveller, identity);

    const first = await signIn();
    const mails = await app.mailbox.all(email);
    const token = /token=([^\s&"]+)/.exec(mails[0]!.text)![1]!;
    await app.api.post(`/v1/organizations/${organization.slug}/email-verification/confirm`, { token });
    const second = await signIn();

    expect(first).toMatchObject({ kind: 'owes-verification', email });
    expect(mails).toHaveLength(1);
    if (second.kind !== 'signed-in') throw new Error('nobody was signed in');
    expect(second.signedIn.session.methods).toEqual(['fed']);
    const [row] = await app.sql('select acr, amr from session_accounts where session_id = $1', [
      second.signedIn.session.id,
    ]);
    expect(row).toEqual(said);
    expect(await app.given.auditOf(organization)).toEqual([
      'user.signed_up',
      'account.linked',
      'email.verified',
      'session.created',
    ]);
  });
});
