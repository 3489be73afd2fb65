import { html, type Markup } from './markup.js';

const drawings = {
  alert: html`<circle cx="12" cy="12" r="9" /><path d="M12 7.5v5.5M12 16.4v.1" />`,
  arrows: html`<path d="M4 9h15l-4-4M20 15H5l4 4" />`,
  check: html`<path d="m5 12.5 4.5 4.5L19 7.5" />`,
  chevron: html`<path d="m6 9 6 6 6-6" />`,
  clock: html`<circle cx="12" cy="12" r="9" /><path d="M12 7v5.5l3.5 2" />`,
  compass: html`<circle cx="12" cy="12" r="9" /><path d="m15.5 8.5-2 5-5 2 2-5z" />`,
  device: html`<rect x="3" y="4.5" width="18" height="12" rx="2" /><path d="M8.5 20h7M12 16.5V20" />`,
  fork: html`<circle cx="6.5" cy="5.5" r="2.2" /><circle cx="17.5" cy="5.5" r="2.2" /><circle
      cx="12"
      cy="18.5"
      r="2.2"
    /><path d="M6.5 7.7v1.8a3 3 0 0 0 3 3h5a3 3 0 0 0 3-3V7.7M12 12.5v3.8" />`,
  info: html`<circle cx="12" cy="12" r="9" /><path d="M12 11v5.5M12 7.6v.1" />`,
  g: html`<path d="M20.5 12h-8M20.5 12a8.3 8.3 0 1 1-2.6-6" />`,
  key: html`<circle cx="8" cy="15.5" r="4.5" /><path d="m11.2 12.3 8.3-8.3M16.5 7l2.8 2.8" />`,
  link: html`<path
    d="M10 14a4 4 0 0 0 5.7 0l3.6-3.6a4 4 0 0 0-5.7-5.7L12.4 6M14 10a4 4 0 0 0-5.7 0l-3.6 3.6a4 4 0 0 0 5.7 5.7l1.2-1.3"
  />`,
  mail: html`<rect x="3" y="5" width="18" height="14" rx="2.5" /><path d="m4 7.5 8 6 8-6" />`,
  out: html`<path d="M10 4H6.5A2.5 2.5 0 0 0 4 6.5v11A2.5 2.5 0 0 0 6.5 20H10M15 8l4 4-4 4M19 12H9.5" />`,
  shield: html`<path d="M12 3 4.5 6v5.5c0 4.6 3 7.9 7.5 9.5 4.5-1.6 7.5-4.9 7.5-9.5V6z" /><path
      d="m9 12 2.2 2.2L15.2 10"
    />`,
  squares: html`<path d="M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z" />`,
  trash: html`<path d="M4.5 6.5h15M9.5 6V4h5v2M6.5 6.5 7.5 20h9l1-13.5M10.5 10.5v5.5M13.5 10.5v5.5" />`,
  user: html`<circle cx="12" cy="8" r="4" /><path d="M4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6" />`,
  users: html`<circle cx="9" cy="8" r="3.5" /><path
      d="M2.5 19.5c.6-3.6 3.2-5.4 6.5-5.4s5.9 1.8 6.5 5.4M15.5 4.9a3.5 3.5 0 0 1 0 6.2M18 14.6c2 .8 3.2 2.4 3.6 4.9"
    />`,
  warning: html`<path d="M12 4 2.8 19.5h18.4zM12 10v4.5M12 16.9v.1" />`,
};

export type IconName = keyof typeof drawings;

/** Decoration: whatever it means also stands beside it in words. */
export function icon(name: IconName): Markup {
  return html`<svg
    viewBox="0 0 24 24"
    width="24"
    height="24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.75"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    ${drawings[name]}
  </svg>`;
}
