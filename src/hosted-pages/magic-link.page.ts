import { MagicLinkStep } from '../sign-in-flow/steps/magic-link.service.js';
import { clickContent, doneAndOn, doneContent } from './click-page.js';
import type { Services } from './hosted-page.js';
import { arrivalOf } from './sign-in/going-on.js';
import { signInVisitOf } from './sign-in/sign-in-visit.js';
import type { TokenPage } from './token-page.js';

export const magicLinkPage = (services: Services): TokenPage => ({
  tokenType: 'magic_link',
  path: 'magic-link',
  ask: (visit) => clickContent(visit, 'key', visit.wording.magicLink),
  act: async (visit) => {
    const { organization, token, wording } = visit;
    const context = signInVisitOf(services, visit);
    const { signedIn, flow, account } = await services.get(MagicLinkStep).follow(context.traveller, token);
    const usual = { interaction: null, returnTo: 'account' };
    const href = await arrivalOf(context, flow ?? usual, signedIn);
    // Whoever was led here by somebody else's link shall see whose account it is.
    const { doneTitle, doneText, doneAs } = wording.magicLink;
    const lines = [doneText(organization.name), doneAs(account.email ?? account.username ?? '')];
    return href === null
      ? doneContent(doneTitle, ...lines)
      : doneAndOn(doneTitle, lines, { label: context.words.protocol.continueButton, href });
  },
});
