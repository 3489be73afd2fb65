import { attributes, html, type Markup } from '../../platform/http/html/markup.js';

/** Times as the reader writes them: in their language and, where they have said which, in their time zone. */
export class Moments {
  readonly #time: Intl.DateTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;

  constructor(language: string, locale: string | null, timeZone: string | null) {
    // English as it is written in Great Britain, but not German dates on an English page.
    const tag = locale !== null && locale.split('-')[0] === language ? locale : language;
    const zone = timeZone ?? 'UTC';
    this.#time = new Intl.DateTimeFormat(tag, {
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
      timeZone: zone,
      ...(timeZone === null && { timeZoneName: 'short' }),
    });
    this.#date = new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: zone });
    this.#day = new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: 'UTC' });
  }

  time(moment: string | Date): Markup {
    return timeElement(new Date(moment), this.#time);
  }

  date(moment: string | Date): Markup {
    return timeElement(new Date(moment), this.#date);
  }

  /** A whole day, the same one everywhere: `2027-01-31`. */
  day(day: string): Markup {
    return html`<time ${attributes({ datetime: day })}>${this.#day.format(new Date(day))}</time>`;
  }
}

function timeElement(date: Date, format: Intl.DateTimeFormat): Markup {
  return html`<time ${attributes({ datetime: date.toISOString() })}>${format.format(date)}</time>`;
}
