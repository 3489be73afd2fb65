import { describe, expect, it } from '@jest/globals';
import { attributes, html } from './markup.js';

const hostile = `"><script>alert('&')</script>`;
const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;';

describe('html', () => {
  it('escapes whatever is put in, in text and in attributes', () => {
    expect(html`<p title="${hostile}">${hostile}</p>`.text).toBe(`<p title="${escaped}">${escaped}</p>`);
    expect(html`<p title="a ${hostile} b ${hostile}"></p>`.text).toBe(
      `<p title="a ${escaped} b ${escaped}"></p>`,
    );
  });

  it('takes markup as it is, alone and in lists, and null and false for nothing', () => {
    const items = ['a', '<b>'].map((item) => html`<i>${item}</i>`);

    expect(html`<p>${items}${null}${false}${0}</p>`.text).toBe('<p><i>a</i><i>&lt;b&gt;</i>0</p>');
  });

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\tscript:alert(1)',
    'java\nscript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'blob:https://a.example/x',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'relative',
    '',
  ])('makes no link of %j', (address) => {
    expect(html`<a href="${address}">x</a>`.text).toBe('<a href="about:invalid">x</a>');
    expect(html`<form action="${address}"></form>`.text).toContain('action="about:invalid"');
    expect(html`<img src="${address}" />`.text).toContain('src="about:invalid"');
    expect(attributes({ formaction: address }).text).toBe('formaction="about:invalid"');
  });

  it.each([
    'https://acme.example/a?b=c&d="e"',
    'http://localhost:3000/',
    'mailto:help@acme.example',
    'tel:+4930123',
    '/o/acme/sign-in?x=1',
    '#password',
    '?page=2',
  ])('makes a link of %j, escaped', (address) => {
    const written = address.replace('&', '&amp;').replaceAll('"', '&quot;');
    expect(html`<a href="${address}">x</a>`.text).toBe(`<a href="${written}">x</a>`);
  });

  it('looks at the beginning of an address only where a value begins it', () => {
    expect(html`<a href="/o/acme/${'javascript:'}">x</a>`.text).toBe('<a href="/o/acme/javascript:">x</a>');
    expect(html`<a data-href="${'javascript:'}">x</a>`.text).toContain('data-href="javascript:"');
  });

  it('lets no text stand between attributes, nor in a style or a script', () => {
    expect(() => html`<input ${'onfocus=alert(1)'} />`).toThrow('only markup');
    expect(
      () =>
        html`<style>
          ${'</style><script>'}
        </style>`,
    ).toThrow('only markup');
    expect(
      () =>
        html`<script>
          ${['alert(1)']};
        </script>`,
    ).toThrow('only markup');
    expect(html`<input ${attributes({ required: true })} />`.text).toBe('<input required />');
    // prettier-ignore
    const styled = html`<style>p{}</style><p>${hostile}</p>`;
    expect(styled.text).toBe(`<style>p{}</style><p>${escaped}</p>`);
  });

  it('is refused with a value where escaping would not help', () => {
    // prettier-ignore
    const templates = [
      () => html`<p title=${'x'}></p>`,
      () => html`<p title='${'x'}'></p>`,
      () => html`<${'p'}></p>`,
      () => html`<p data-${'x'}="y"></p>`,
      () => html`<!-- ${'x'} -->`,
      () => html`<p onclick="${'x'}"></p>`,
      () => html`<p style="${'x'}"></p>`,
      () => html`<p title="${html`<b></b>`}"></p>`,
    ];
    for (const template of templates)
      expect(template).toThrow(/cannot stand|double quotes|no page has|only markup/);
  });

  it('finds its way through what pages are made of', () => {
    const page = html`<!doctype html>
      <!-- "unclosed <a href= -->
      <p class="a>b" title="${hostile}" hidden>${hostile}</p>
      <br /><img alt="" src="${'/x'}" />`;

    expect(page.text).toContain(`title="${escaped}" hidden>${escaped}</p>`);
    expect(page.text).toContain('src="/x"');
  });
});

describe('attributes', () => {
  it('leaves out what is not there', () => {
    expect(attributes({ a: null, b: undefined, c: false, d: true, e: '', f: 0 }).text).toBe('d e="" f="0"');
  });

  it('escapes values and refuses names that are none', () => {
    expect(attributes({ value: hostile }).text).toBe(`value="${escaped}"`);
    for (const name of ['onclick', 'style', 'srcdoc', 'a b', 'a"', 'A=', ''])
      expect(() => attributes({ [name]: 'x' })).toThrow('no attribute');
  });
});
