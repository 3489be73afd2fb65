import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemCatalogue } from '../../src/platform/problems/problem.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

describe('The catalogue of problems', () => {
  it('is what docs/problems.md names', () => {
    const page = readFileSync(new URL('../../docs/problems.md', import.meta.url), 'utf8');
    const documented = [...page.matchAll(/^## (\S+)$/gm)].map(([, code]) => code!.replaceAll('\\_', '_'));

    expect(documented.toSorted()).toEqual(codes());
  });

  it('is what the OpenAPI document names', () => {
    const documented = app.contract.routes.flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap(({ content }) =>
        Object.keys(content?.['application/problem+json']?.examples ?? {}),
      ),
    );

    expect([...new Set(documented)].toSorted()).toEqual(codes());
  });

  it('spells codes and titles alike', () => {
    for (const { code, status, title } of problemCatalogue()) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(title).toMatch(/^[A-Z][^.]+$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
    }
  });
});

function codes(): string[] {
  return problemCatalogue()
    .map(({ code }) => code)
    .toSorted();
}
