import type { MailFrame, MailWording } from './mail-wording.js';

const greeting = ({ greeting: plain, greetingWithName }: MailFrame): string =>
  `{% if user.name %}${greetingWithName}{% else %}${plain}{% endif %}`;

const whereThereIsCode = (content: string): string => `{% if code %}${content}{% endif %}`;

const helpInText = ({ help }: MailFrame): string =>
  `{% if theme.supportUrl %}\n${help} {{ theme.supportUrl }}{% endif %}{% if theme.supportEmail %}\n${help} {{ theme.supportEmail }}{% endif %}`;

const helpInHtml = ({ help }: MailFrame): string => {
  const link = (name: string, scheme: string) =>
    `{% if theme.${name} %}<br>${help} <a class="footer" href="${scheme}{{ theme.${name} }}" style="color:{{ theme.light.text }};">{{ theme.${name} }}</a>{% endif %}`;
  return link('supportUrl', '') + link('supportEmail', 'mailto:');
};

/** A paragraph that may turn out empty leaves no gap. */
const isOptional = (paragraph: string): boolean =>
  /^\{% if [^%]+%\}[^{]*\{\{[^}]+\}\}[^{]*\{% endif %\}$/.test(paragraph);

export function textOf(mail: MailWording, frame: MailFrame, mayHaveCode: boolean): string {
  const blocks = [
    greeting(frame),
    ...mail.paragraphs,
    ...(mail.button === null ? [] : [`${mail.button}:\n{{ link }}`]),
    ...(mayHaveCode ? [whereThereIsCode(`${frame.codeHint}\n{{ code }}`)] : []),
    ...mail.remarks,
    ...(mayHaveCode ? [whereThereIsCode(frame.codeRemark)] : []),
    `-- \n${frame.footer}{% if theme.footer %}\n{{ theme.footer }}{% endif %}${helpInText(frame)}`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

/**
 * Tables and inline styles, because mail programs know little else; the style sheet adds dark colours and small screens
 * where they are understood.
 */
export function htmlOf(
  mail: MailWording,
  frame: MailFrame,
  { locale, mayHaveCode }: { locale: string; mayHaveCode: boolean },
): string {
  const codeShown = whereThereIsCode(quiet(frame.codeHint) + code);
  const codeRemark = whereThereIsCode(quiet(frame.codeRemark));
  const paragraph = (text: string) =>
    isOptional(text) ? text.replace(/^(\{% if [^%]+%\})(.*)(\{% endif %\})$/, `$1${p('$2')}$3`) : p(text);
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${mail.heading}</title>
<style>
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  @media (max-width: 480px) { .frame { padding: 12px !important; } .card { padding: 24px 20px !important; } }
  @media (prefers-color-scheme: dark) {
    .page { background: {{ theme.dark.surface }} !important; }
    .card { background: {{ theme.dark.background }} !important; }
    .card h1, .card p, .footer { color: {{ theme.dark.text }} !important; }
    .card a.address { color: {{ theme.dark.primary }} !important; }
    .button td { background: {{ theme.dark.primary }} !important; }
    .button a { color: {{ theme.dark.onPrimary }} !important; border-color: {{ theme.dark.primary }} !important; }
  }
</style>
</head>
<body class="page" style="margin:0;padding:0;background:{{ theme.light.surface }};-webkit-text-size-adjust:100%;">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:{{ theme.light.surface }};">
<tr><td class="frame" align="center" style="padding:32px 16px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;">
<tr><td style="padding:0 0 20px;font:600 16px/1.4 ${fonts};">{% if theme.logoUrl %}<img src="{{ theme.logoUrl }}" alt="{{ theme.name }}" height="36" style="display:block;height:36px;max-width:240px;border:0;">{% else %}<span class="footer" style="color:{{ theme.light.text }};opacity:0.75;">{{ theme.name }}</span>{% endif %}</td></tr>
<tr><td class="card" style="padding:32px;background:{{ theme.light.background }};border:1px solid rgba(128,128,128,0.25);border-radius:8px;">
<h1 style="margin:0 0 16px;font:600 22px/1.3 ${fonts};color:{{ theme.light.text }};">${mail.heading}</h1>
${[p(greeting(frame)), ...mail.paragraphs.map(paragraph)].join('\n')}
${mail.button === null ? '' : button(mail.button)}${mayHaveCode ? `${codeShown}\n` : ''}${mail.remarks.map(quiet).join('\n')}${mayHaveCode ? `\n${codeRemark}` : ''}
${mail.button === null ? '' : quiet(frame.linkHint) + address}
</td></tr>
<tr><td class="footer" style="padding:16px 4px 0;font:13px/1.5 ${fonts};color:{{ theme.light.text }};opacity:0.75;">${frame.footer}{% if theme.footer %}<br>{{ theme.footer }}{% endif %}${helpInHtml(frame)}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
}

const fonts = "system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

const p = (text: string): string =>
  `<p style="margin:0 0 16px;font:16px/1.5 ${fonts};color:{{ theme.light.text }};white-space:pre-line;overflow-wrap:anywhere;">${text}</p>`;

const quiet = (text: string): string =>
  `<p class="quiet" style="margin:0 0 12px;font:14px/1.5 ${fonts};color:{{ theme.light.text }};opacity:0.75;">${text}</p>`;

/** At full strength: a link that is faded is hard to read. */
const address = `<p style="margin:0;font:14px/1.5 ${fonts};"><a class="address" href="{{ link }}" style="color:{{ theme.light.primary }};word-break:break-all;">{{ link }}</a></p>`;

const code = `<p style="margin:0 0 24px;font:600 28px/1.3 ui-monospace,Menlo,Consolas,monospace;letter-spacing:4px;color:{{ theme.light.text }};">{{ code }}</p>`;

const button = (
  label: string,
): string => `<table role="presentation" class="button" cellpadding="0" cellspacing="0" style="margin:8px 0 24px;">
<tr><td style="background:{{ theme.light.primary }};border-radius:6px;"><a href="{{ link }}" style="display:inline-block;padding:12px 24px;font:600 16px/1.25 ${fonts};color:{{ theme.light.onPrimary }};text-decoration:none;border:1px solid {{ theme.light.primary }};border-radius:6px;">${label}</a></td></tr>
</table>
`;
