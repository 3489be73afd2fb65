import { describe, expect, it } from '@jest/globals';
import { button, linkButton } from './buttons.js';
import { checkbox, codeField, field, fileField, passwordField, postForm, select } from './form.js';
import { facts, items, quote, table, ticks } from './listings.js';
import { html } from './markup.js';
import { errorSummary, notice } from './notices.js';
import { avatar, identity, initialOf } from './people.js';

const hostile = `"><script>alert(1)</script>`;

describe('A field', () => {
  it('has a label, and its hint and its error belong to it', () => {
    const { text } = field({
      name: 'email',
      label: 'E-mail address',
      type: 'email',
      autocomplete: 'username',
      hint: 'A hint',
      error: 'An error',
    });

    expect(text).toMatch(/<label for="email"\s*>E-mail address<\/label\s*>/);
    expect(text).toContain('id="email" name="email" type="email" autocomplete="username"');
    expect(text).toContain('required aria-describedby="email-hint email-error" aria-invalid="true"');
    expect(text).toContain('<p class="hint" id="email-hint">A hint</p>');
    expect(text).toMatch(/<p class="error" id="email-error">.*<span>An error<\/span>/s);
  });

  it('says nothing of what it has not', () => {
    const { text } = field({ name: 'a', label: 'A', type: 'text', autocomplete: 'off', isOptional: true });

    expect(text).not.toMatch(/aria-|required|readonly|autofocus|hint|error/);
  });

  it('never shows a password again', () => {
    const options = { name: 'p', label: 'P', autocomplete: 'new-password', value: 'secret' } as const;
    expect(passwordField(options).text).toContain('type="password" autocomplete="new-password" value=""');
  });

  it('shows everything as text', () => {
    const frame = { name: 'a', label: hostile, hint: hostile, error: hostile, note: hostile };
    const fields = [
      field({ ...frame, type: 'text', autocomplete: hostile, value: hostile }),
      codeField({ ...frame, isNumeric: true, autocomplete: 'one-time-code', value: hostile }),
      select({ ...frame, value: hostile, options: [{ value: hostile, label: hostile }] }),
      checkbox({ ...frame, isChecked: true, value: hostile }),
      fileField({ ...frame, accept: hostile }),
    ];

    for (const { text } of fields) expect(text).not.toContain('<script');
  });
});

describe('A page', () => {
  it('gives the focus to the summary of its errors, each with a way to its field', () => {
    const { text } = errorSummary('Look again', [{ name: 'email', text: hostile }]);

    expect(text).toContain('role="alert" tabindex="-1" autofocus aria-labelledby="errors-title"');
    expect(text).toContain('<a href="#email">&quot;&gt;&lt;script&gt;');
  });

  it('reads out at once what is bad, and later what is good', () => {
    expect(notice('bad', 'No').text).toContain('role="alert"');
    expect(notice('good', 'Yes').text).toContain('role="status"');
    expect(notice('info', 'Well').text).not.toContain('role');
  });

  it('has forms that only send, and say by the server what is wrong', () => {
    expect(postForm({ action: '/a', content: button({ label: 'Go' }) }).text).toContain(
      '<form method="post" action="/a" novalidate>',
    );
    expect(postForm({ action: 'javascript:alert(1)', content: null }).text).toContain('about:invalid');
    expect(linkButton({ href: 'javascript:alert(1)', label: 'x' }).text).toContain('about:invalid');
  });

  it('has tables that stay tables where they look like cards', () => {
    const { text } = table(
      'Sessions',
      [
        { label: 'Device', cell: (row: { name: string }) => row.name },
        { label: 'Used', cell: () => html`<b>now</b>` },
        { label: 'Actions', isSilent: true, cell: () => hostile },
      ],
      [{ name: hostile }],
    );

    expect(text).toMatch(/<caption class="visually-hidden">\s*Sessions/);
    expect(text).toContain('<th scope="row" role="rowheader">&quot;');
    expect(text).toContain('data-label="Used"');
    expect(text).toContain('<span class="visually-hidden">Actions</span>');
    expect(text).not.toContain('<script');
  });

  it('shows what people wrote as text', () => {
    const parts = [
      facts([{ name: hostile, value: hostile }]),
      items([{ content: hostile, action: hostile }]),
      ticks([{ text: hostile, about: hostile }]),
      quote(hostile, hostile),
      identity({ name: hostile, identifier: hostile, picture: null }, { label: hostile, href: hostile }),
      avatar({ name: null, identifier: hostile, picture: hostile }),
    ];
    for (const { text } of parts) expect(text).not.toContain('<script');
  });

  it.each([
    ['acme', 'A'],
    ['  élan', 'É'],
    ['👩‍👩‍👧 family', '👩‍👩‍👧'],
    ['', ''],
  ])('takes of %j the initial %j', (name, initial) => {
    expect(initialOf(name)).toBe(initial);
  });
});
