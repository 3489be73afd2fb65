import { actions, button, linkButton } from '../platform/http/html/buttons.js';
import type { IconName } from '../platform/http/html/icons.js';
import type { Part } from '../platform/http/html/markup.js';
import type { PageContent } from '../platform/http/html/page.js';
import { formOf, type Visit } from './visit.js';

interface Confirmation {
  readonly title: string;
  readonly text: string;
  readonly icon: IconName;
  /** More to read or to type before it. */
  readonly content?: Part;
  readonly button: string;
  /** The way back, and what it is called. */
  readonly back: { readonly label: string; readonly href: string };
  readonly isDangerous?: boolean;
}

/** Asks once more, on a page of its own: dialogs need scripts, and a page can be linked to and gone back from. */
export function confirmContent(visit: Visit, confirmation: Confirmation): PageContent {
  const { title, text, icon, content = null, back, isDangerous = false } = confirmation;
  const go = button({ label: confirmation.button, look: isDangerous ? 'danger' : 'primary' });
  return {
    title,
    lead: text,
    emblem: { icon, tone: isDangerous ? 'bad' : 'plain' },
    content: formOf(visit, { content, button: actions(go, linkButton({ ...back, look: 'secondary' })) }),
  };
}
