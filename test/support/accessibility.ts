import axe from 'axe-core';
import { looksOf, type Page } from './browser.js';

interface Violation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary?: string }[];
}

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** As axe sees it: WCAG 2.2, levels A and AA, and what its authors recommend. Needs a page with JavaScript. */
export async function expectNoViolations(page: Page, name = page.url()): Promise<void> {
  await page.evaluate(axe.source);
  const options = { runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'] };
  const found = (await page.evaluate(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  )) as Violation[];
  if (found.length > 0) throw new Error(`${name}:\n${found.map(described).join('\n')}`);
}

/** In both widths and both themes: accessible, and nothing wider than the screen. */
export async function expectGoodLooks(page: Page, name: string): Promise<void> {
  for await (const look of looksOf(page, name)) {
    await expectNoViolations(page, look);
    const excess = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
    if (Number(excess) > 0) throw new Error(`${look}: ${String(excess)} px wider than the screen`);
  }
}

function described({ id, help, nodes }: Violation): string {
  return `  ${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `    ${html}\n    ${failureSummary ?? ''}`).join('\n')}`;
}
