import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/test-app.js';

const page = readFileSync(new URL('../../docs/applications.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```json\n(.*?)```/gs)].map(
  ([, text]) => JSON.parse(text!) as { name: string; type: string },
);
/** Bodies in running text; a line may break inside one. */
const inline = [...page.matchAll(/`POST …\/([a-z-]+)`\s+with\s+`(\{[^`]*\})`/g)].map(
  ([, path, text]) => [path!, JSON.parse(text!.replaceAll(/\s+/g, ' ')) as object] as const,
);

describe('The page about applications', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  it('has an example of every type', () => {
    expect(new Set(examples.map(({ type }) => type))).toEqual(new Set(['web', 'spa', 'native', 'machine']));
    expect(inline.map(([path]) => path)).toEqual([
      'claims',
      'scopes',
      'api-resources',
      'registration-tokens',
    ]);
  });

  it('has examples that are taken as they stand', async () => {
    const { organization, owner } = await app.given.organization();
    const requests = [...examples.map((body) => ['applications', body] as const), ...inline];

    for (const [path, body] of requests) {
      const { status } = await app.api.as(owner).post(`/v1/organizations/${organization.slug}/${path}`, body);

      expect({ [`${path} ${JSON.stringify(body)}`]: status }).toEqual({
        [`${path} ${JSON.stringify(body)}`]: 201,
      });
    }
  });
});
