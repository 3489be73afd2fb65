import { describe, expect, it } from '@jest/globals';
import { html } from './markup.js';

describe('html', () => {
  it('escapes whatever is put in, in text and in attributes', () => {
    const hostile = `"><script>alert('&')</script>`;

    expect(html`<p title="${hostile}">${hostile}</p>`.text).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;">' +
        '&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;</p>',
    );
  });

  it('takes markup as it is, alone and in lists, and null for nothing', () => {
    const items = ['a', '<b>'].map((item) => html`<i>${item}</i>`);

    expect(html`<p>${items}${null}</p>`.text).toBe('<p><i>a</i><i>&lt;b&gt;</i></p>');
  });
});
