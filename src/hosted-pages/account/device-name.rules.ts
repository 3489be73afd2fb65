/** What a person calls a device: the program and what it runs on, as far as its user agent tells. */
export interface DeviceName {
  readonly program: string | null;
  readonly system: string | null;
}

/** In this order: each of them also claims to be some of those below it. */
const programs: readonly [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|Opera|OPT|OPX)\//, 'Opera'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bYaBrowser\//, 'Yandex Browser'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bDuckDuckGo\//, 'DuckDuckGo'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|Chromium|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bVersion\/\S+ (?:Mobile\/\S+ )?Safari\//, 'Safari'],
];

const systems: readonly [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\b(?:Macintosh|Mac OS X|macOS)\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
];

/** Programs without a window name themselves first (RFC 9110, section 10.1.5). */
const ownName = /^(?!Mozilla\/)([A-Za-z][\w.+ -]{0,39}?)(?:\/|$)/;

/** A user agent is what a client says of itself: good enough to recognise one's own devices by, and for nothing else. */
export function deviceNameOf(userAgent: string | null): DeviceName {
  const text = (userAgent ?? '').slice(0, 500);
  const nameIn = (known: readonly [RegExp, string][]): string | null =>
    known.find(([pattern]) => pattern.test(text))?.[1] ?? null;
  return { program: nameIn(programs) ?? ownName.exec(text)?.[1] ?? null, system: nameIn(systems) };
}
