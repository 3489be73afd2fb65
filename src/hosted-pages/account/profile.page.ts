import { MyPicture } from '../../media/my-picture.service.js';
import { field, hidden, select } from '../../platform/http/html/form.js';
import { card, stack } from '../../platform/http/html/listings.js';
import { html, type Markup } from '../../platform/http/html/markup.js';
import type { Flaw } from '../../platform/http/html/notices.js';
import type { Problem } from '../../platform/problems/problem.js';
import { stale } from '../../platform/problems/problems.js';
import { Profiles } from '../../profiles/profiles.service.js';
import { phoneNumberTaken } from '../../users/users.problems.js';
import type { Profile } from './account-holder.js';
import { actionForm, errorIn, orNull } from './account-forms.js';
import type { AccountPage, AccountVisit, FailedForm, Judgement } from './account-page.js';
import { localeOptions, timeZoneOptions } from './choices.js';
import { pictureCard } from './picture.card.js';
import { readTypedPhoneNumber } from './typed-phone.rules.js';
import type { AccountWording } from './wording/account-wording.js';

const path = 'account/profile';
const names = [
  'fullName',
  'givenName',
  'familyName',
  'displayName',
  'phoneNumber',
  'locale',
  'timeZone',
] as const;
type Name = (typeof names)[number];

export const profilePage: AccountPage = {
  path,
  section: 'profile',
  content: async (account, failed) => {
    const { services, holder, words } = account;
    const profile = await services.get(Profiles).get(holder.actor, holder.actor.userId);
    return {
      title: words.sections.profile,
      lead: words.profile.lead,
      content: stack(
        pictureCard(account, failed),
        card({ title: words.profile.aboutYou, content: profileForm(account, profile, failed) }),
      ),
    };
  },
  forms: {
    save: {
      act: async ({ services, visit, holder }) => {
        const change = Object.fromEntries(names.map((name) => [name, valueOf(visit.typed, name)]));
        await services.get(Profiles).changeOwn(holder.actor, change, [versionIn(visit.typed)]);
        return { notice: 'profileSaved' };
      },
      judge: judgeProfile,
    },
    removePicture: {
      act: async ({ services, holder }) => {
        await services.get(MyPicture).remove(holder.actor);
        return { notice: 'pictureRemoved' };
      },
    },
  },
};

/** What is left empty is taken away. */
function valueOf(typed: (name: string) => string, name: Name): string | null {
  const text = typed(name).trim();
  if (text === '') return null;
  return name === 'phoneNumber' ? readTypedPhoneNumber(text) : text;
}

/** Of the profile that the form was filled from; a form without one matches no profile. */
function versionIn(typed: (name: string) => string): number {
  const text = typed('version');
  return /^\d{1,9}$/.test(text) ? Number(text) : -1;
}

function judgeProfile({ words }: AccountVisit, problem: Problem): Judgement | null {
  if (problem.kind === stale) return words.profile.stale;
  if (problem.kind === phoneNumberTaken) return [{ name: 'phoneNumber', text: words.flaws.phoneNumberTaken }];
  const wrong = new Set(problem.errors?.map(({ pointer }) => pointer));
  const flaws = names
    .filter((name) => wrong.has(`/${name}`))
    .map((name): Flaw => {
      return { name, text: flawIn(name, words.flaws) };
    });
  return orNull(flaws);
}

function flawIn(name: Name, flaws: AccountWording['flaws']): string {
  if (name === 'phoneNumber') return flaws.badPhoneNumber;
  if (name === 'locale') return flaws.badLocale;
  return name === 'timeZone' ? flaws.badTimeZone : flaws.badName;
}

function profileForm(account: AccountVisit, profile: Profile, failed: FailedForm | null): Markup {
  const { visit, words } = account;
  const isAgain = failed?.action === 'save';
  const shown = (name: Name): string => (isAgain ? visit.typed(name) : (profile[name] ?? ''));
  const frame = (name: Name, hint?: string) => ({
    name,
    label: words.fields[name],
    value: shown(name),
    error: isAgain ? errorIn(failed, name) : null,
    hint: meanwhile(account, profile, failed, name) ?? hint,
  });
  const name = (key: Name, autocomplete: string, hint?: string): Markup =>
    field({ ...frame(key, hint), type: 'text', autocomplete, maxLength: 200, isOptional: true });
  return actionForm(account, path, 'save', {
    content: html`${hidden('version', String(profile.version))} ${name('fullName', 'name')}
    ${name('givenName', 'given-name')} ${name('familyName', 'family-name')}
    ${name('displayName', 'nickname', words.profile.displayNameHint)}
    ${field({
      ...frame('phoneNumber', words.profile.phoneNumberHint),
      type: 'tel',
      autocomplete: 'tel',
      maxLength: 40,
      isOptional: true,
    })}
    ${select({
      ...frame('locale', words.profile.localeHint),
      options: localeOptions(words.profile.anyLocale, visit.wording.shell.language, shown('locale')),
    })}
    ${select({
      ...frame('timeZone'),
      options: timeZoneOptions(words.profile.anyTimeZone, shown('timeZone')),
    })}`,
    button: words.profile.save,
  });
}

/** Where somebody else was faster, what they have written: it is lost by sending the form again, and not before. */
function meanwhile(
  { visit, words }: AccountVisit,
  profile: Profile,
  failed: FailedForm | null,
  name: Name,
): string | undefined {
  if (failed?.problem.kind !== stale || profile[name] === valueOf(visit.typed, name)) return undefined;
  return words.profile.savedMeanwhile(profile[name] ?? words.notSet);
}
