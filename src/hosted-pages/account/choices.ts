import type { Option } from '../../platform/http/html/form.js';

/** Languages that people are likely to look for; any other one that a profile has already is offered too. */
const locales = (
  'ar bg bn ca cs cy da de de-AT de-CH el en en-AU en-CA en-GB en-IE en-IN en-US es es-MX et eu fa fi fr fr-BE fr-CA ' +
  'fr-CH ga gl he hi hr hu id is it it-CH ja ko lb lt lv ms mt nb nl nl-BE nn pl pt pt-BR ro ru sk sl sq sr sv ta th ' +
  'tr uk ur vi zh-Hans zh-Hant'
).split(' ');

/** Each in its own language, which is the one that its readers look for. */
let namedLocales: readonly Option[] | undefined;
let timeZones: readonly Option[] | undefined;

export function localeOptions(none: string, language: string, chosen: string): Option[] {
  namedLocales ??= locales
    .map((tag) => ({ value: tag, label: nameOf(tag) }))
    .sort((one, other) => one.label.localeCompare(other.label, language));
  return withChosen(none, namedLocales, chosen);
}

export function timeZoneOptions(none: string, chosen: string): Option[] {
  timeZones ??= [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])]
    .sort()
    .map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }));
  return withChosen(none, timeZones, chosen);
}

function withChosen(none: string, options: readonly Option[], chosen: string): Option[] {
  const isKnown = chosen === '' || options.some(({ value }) => value === chosen);
  return [{ value: '', label: none }, ...(isKnown ? [] : [{ value: chosen, label: chosen }]), ...options];
}

function nameOf(tag: string): string {
  const name = new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
}
