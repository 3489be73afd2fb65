import { MagicLink } from '../account-recovery/magic-link.service.js';
import { SessionCookies } from '../platform/http/session-cookies.js';
import { clickContent, doneContent } from './click-page.js';
import type { Services } from './hosted-page.js';
import type { TokenPage } from './token-page.js';

export const magicLinkPage = (services: Services): TokenPage => ({
  tokenType: 'magic_link',
  path: 'magic-link',
  ask: (visit) => clickContent(visit, 'key', visit.wording.magicLink),
  act: async ({ request, reply, visitor, organization, token, wording: { magicLink } }) => {
    const cookies = services.get(SessionCookies);
    const signedIn = await services.get(MagicLink).confirm(visitor, organization.slug, {
      token,
      deviceTokenFor: (slug) => cookies.readDevice(request, slug),
      rememberDevice: true,
    });
    cookies.writeSignIn(reply, signedIn);
    // Whoever was led here by somebody else's link shall see whose account it is.
    const { email, username } = signedIn.account;
    return doneContent(
      magicLink.doneTitle,
      magicLink.doneText(organization.name),
      magicLink.doneAs(email ?? username ?? ''),
    );
  },
});
