import { MyPicture } from '../../media/my-picture.service.js';
import { invalidImage, unsupportedImage } from '../../media/media.problems.js';
import type { Problem } from '../../platform/problems/problem.js';
import { bodyTooLarge, invalidRequest, raiseInvalid } from '../../platform/problems/problems.js';
import { type HostedPage, redirectTo, type Services } from '../hosted-page.js';
import { AccountAddresses } from './account-addresses.js';
import {
  type AccountVisit,
  entering,
  hostedAccountPage,
  type Judgement,
  localeOf,
  outcomeOf,
} from './account-page.js';
import { profilePage } from './profile.page.js';

const maxBytes = 5 * 1024 * 1024;

/** Takes the file of the form on the page of the profile, which cannot bring anything else along. */
export function picturePage(services: Services): HostedPage {
  const profile = hostedAccountPage(services, profilePage);
  return {
    path: 'account/picture',
    takesFile: { maxBytes },
    localeOf: (visit) => localeOf(services, visit),
    // The form again where it has become stale; whoever just comes here is led to it.
    get: (visit) =>
      visit.request.method === 'POST'
        ? profile.get!(visit)
        : redirectTo(new AccountAddresses(services, visit, null).to(profilePage.path)),
    post: (visit) =>
      entering(services, visit, profilePage, (account) =>
        outcomeOf(account, profilePage, 'picture', { act: save, judge }),
      ),
  };
}

async function save({ services, visit, holder }: AccountVisit) {
  await services.get(MyPicture).set(holder.actor, async () => {
    const bytes = await visit.readFile();
    return bytes.length > 0 ? bytes : raiseInvalid([{ pointer: '/file', detail: 'must be there' }]);
  });
  return { notice: 'pictureSaved' } as const;
}

function judge({ words: { flaws } }: AccountVisit, { kind }: Problem): Judgement | null {
  const text = new Map([
    [bodyTooLarge, flaws.fileTooLarge],
    [unsupportedImage, flaws.unsupportedImage],
    [invalidImage, flaws.invalidImage],
    [invalidRequest, flaws.noFile],
  ]).get(kind);
  return text === undefined ? null : [{ name: 'file', text }];
}
