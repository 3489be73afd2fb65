import { icon, type IconName } from './icons.js';
import { attributes, html, type Markup, type Part } from './markup.js';

export type Tone = 'info' | 'good' | 'warning' | 'bad';

const icons: Record<Tone, IconName> = { info: 'info', good: 'check', warning: 'warning', bad: 'alert' };

/** Says something before everything else. What is bad is read out at once, what is good when there is a pause. */
export function notice(tone: Tone, ...content: readonly Part[]): Markup {
  const role = tone === 'bad' ? 'alert' : tone === 'good' ? 'status' : null;
  return html`<div ${attributes({ class: `notice ${tone}`, role })}>
    ${icon(icons[tone])}
    <div>${content.map((part) => (typeof part === 'string' ? html`<p>${part}</p>` : part))}</div>
  </div>`;
}

/** What is wrong with one field, by its name. */
export interface Flaw {
  readonly name: string;
  readonly text: string;
}

/** Everything that is wrong with a form, each with a way to its field. It takes the focus, so nobody has to look for it. */
export function errorSummary(title: string, flaws: readonly Flaw[]): Markup {
  const items = flaws.map(({ name, text }) => html`<li><a href="#${name}">${text}</a></li>`);
  return html`<div class="notice bad" role="alert" tabindex="-1" autofocus aria-labelledby="errors-title">
    ${icon('alert')}
    <div>
      <h2 id="errors-title">${title}</h2>
      <ul>
        ${items}
      </ul>
    </div>
  </div>`;
}
