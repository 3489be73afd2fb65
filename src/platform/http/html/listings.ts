import { icon, type IconName } from './icons.js';
import { attributes, html, type Markup, type Part } from './markup.js';

interface Card {
  readonly title: string;
  readonly text?: Part;
  readonly content: Part;
  readonly isDangerous?: boolean;
  /** So that links and the menu can lead here. */
  readonly id?: string;
}

/** One section of a page with many. */
export function card({ title, text = null, content, isDangerous = false, id }: Card): Markup {
  const headingId = id === undefined ? null : `${id}-title`;
  return html`<section
    ${attributes({ class: isDangerous ? 'card danger' : 'card', id, 'aria-labelledby': headingId })}
  >
    <header>
      <h2 ${attributes({ id: headingId })}>${title}</h2>
      ${text === null || text === false ? null : html`<p>${text}</p>`}
    </header>
    ${content}
  </section>`;
}

export function stack(...content: readonly Part[]): Markup {
  return html`<div class="stack">${content}</div>`;
}

export interface Column<Row> {
  readonly label: string;
  readonly cell: (row: Row) => Part;
  /** Its label is heard and not seen, such as that of buttons. */
  readonly isSilent?: boolean;
}

/**
 * Rows and columns; on a phone each row becomes a card. The roles are said as well, because browsers forget them where
 * a table is laid out as something else.
 *
 * @param columns the first one names the row
 */
export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Markup {
  const heads = columns.map(({ label, isSilent = false }) => {
    const text = isSilent ? html`<span class="visually-hidden">${label}</span>` : label;
    return html`<th scope="col" role="columnheader">${text}</th>`;
  });
  const body = rows.map((row) => {
    const cells = columns.map(({ label, cell, isSilent = false }, index) =>
      index === 0
        ? html`<th scope="row" role="rowheader">${cell(row)}</th>`
        : html`<td
            role="cell"
            ${attributes({ class: isSilent ? 'end' : null, 'data-label': isSilent ? null : label })}
          >
            <div>${cell(row)}</div>
          </td>`,
    );
    return html`<tr role="row">
      ${cells}
    </tr>`;
  });
  return html`<table role="table">
    <caption class="visually-hidden">
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${heads}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${body}
    </tbody>
  </table>`;
}

/** Names and what they stand for. */
export function facts(entries: readonly { readonly name: string; readonly value: Part }[]): Markup {
  return html`<dl class="facts">
    ${entries.map(
      ({ name, value }) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

/** Things with a line between them: what they are, and what can be done with each. */
export function items(entries: readonly { readonly content: Part; readonly action?: Part }[]): Markup {
  return html`<ul class="items" role="list">
    ${entries.map(
      ({ content, action = null }) =>
        html`<li>
          <div>${content}</div>
          ${action}
        </li>`,
    )}
  </ul>`;
}

/** What somebody gets or gives, such as the scopes of a consent. */
export function ticks(
  entries: readonly { readonly text: string; readonly about?: string | null }[],
  sign: IconName = 'check',
): Markup {
  return html`<ul class="ticks" role="list">
    ${entries.map(
      ({ text, about = null }) =>
        html`<li>
          ${icon(sign)}<span>${text}</span>${about === null ? null : html`<span class="muted small">${about}</span>`}
        </li>`,
    )}
  </ul>`;
}

export function badge(text: string, tone: 'plain' | 'good' | 'warning' = 'plain'): Markup {
  return html`<span class="badge ${tone}">${text}</span>`;
}

/** Written by a person: shown as it is, never as anything that can be clicked. */
export function quote(heading: string, text: string): Markup {
  return html`<figure class="quote">
    <figcaption>${heading}</figcaption>
    <blockquote dir="auto">${text}</blockquote>
  </figure>`;
}

/** To be compared with what another screen shows. */
export function bigCode(code: string): Markup {
  return html`<p class="big-code" dir="ltr">${code}</p>`;
}
