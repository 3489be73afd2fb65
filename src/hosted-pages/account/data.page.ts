import { Readable } from 'node:stream';
import { MyExport } from '../../me/my-export.service.js';
import { actions, button, linkButton } from '../../platform/http/html/buttons.js';
import { card, stack } from '../../platform/http/html/listings.js';
import type { Markup } from '../../platform/http/html/markup.js';
import { download } from '../hosted-page.js';
import { actionForm } from './account-forms.js';
import type { AccountPath } from './account-addresses.js';
import type { AccountPage, AccountVisit } from './account-page.js';

const path = 'account/data';

export const dataPage: AccountPage = {
  path,
  section: 'data',
  content: (account) => {
    const { data } = account.words;
    return {
      title: account.words.sections.data,
      lead: data.lead,
      content: stack(
        card({
          title: data.exportTitle,
          text: data.exportText,
          content: actionForm(account, path, 'export', {
            button: button({ label: data.export, look: 'secondary' }),
          }),
        }),
        leaving(account, 'account/deactivation', data.deactivateTitle, data.deactivateText, data.deactivate),
        leaving(account, 'account/deletion', data.deleteTitle, data.deleteText, data.delete),
      ),
    };
  },
  forms: {
    export: {
      // Asked here too, so that people are led to the proof and back.
      isSensitive: true,
      act: async ({ services, holder }) => {
        const document = await services.get(MyExport).begin(holder.actor);
        return {
          answer: download(Readable.from(document), 'my-account.json', 'application/json; charset=utf-8'),
        };
      },
    },
  },
};

function leaving(
  { addresses }: AccountVisit,
  page: AccountPath,
  title: string,
  text: string,
  label: string,
): Markup {
  const way = linkButton({ href: addresses.to(page), label, look: 'secondary' });
  return card({ title, text, content: actions(way), isDangerous: true });
}
