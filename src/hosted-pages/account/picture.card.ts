import { button } from '../../platform/http/html/buttons.js';
import { fileField } from '../../platform/http/html/form.js';
import { card } from '../../platform/http/html/listings.js';
import { html, type Markup } from '../../platform/http/html/markup.js';
import { avatar } from '../../platform/http/html/people.js';
import { fileFormOf } from '../visit.js';
import { actionForm, errorIn } from './account-forms.js';
import { type AccountVisit, type FailedForm, identifierOf } from './account-page.js';
import { pictureOf } from './picture.js';

/** The present picture, a form with another one, and one that removes it. */
export function pictureCard(account: AccountVisit, failed: FailedForm | null): Markup {
  const { visit, holder, words, addresses } = account;
  const { displayName, fullName } = holder.profile;
  const picture = pictureOf(holder);
  const upload = fileFormOf(visit, {
    action: addresses.at('account/picture'),
    content: fileField({
      name: 'file',
      label: words.fields.file,
      hint: words.picture.fileHint,
      accept: 'image/png,image/jpeg,image/webp,image/avif',
      error: errorIn(failed, 'file'),
    }),
    button: button({ label: words.picture.save, look: 'secondary' }),
  });
  const removal =
    picture === null
      ? null
      : actionForm(account, 'account/profile', 'removePicture', {
          button: button({
            label: words.picture.remove,
            look: 'quiet danger',
            isCompact: true,
            icon: 'trash',
          }),
          isInline: true,
        });
  return card({
    title: words.picture.title,
    text: words.picture.text,
    content: html`<div class="row">
        ${avatar({ name: displayName ?? fullName, identifier: identifierOf(holder), picture }, 'large')}
        <p class="muted">${picture === null ? words.picture.none : words.picture.present}</p>
        ${removal}
      </div>
      ${upload}`,
  });
}
