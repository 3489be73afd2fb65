import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { chromiumRuns, launchChromium } from './chromium.js';
import type { TestApp, TestOrganization } from './test-app.js';

export type { Page } from 'playwright-core';

const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;

export interface VisitorOptions {
  javaScript?: boolean;
  on?: keyof typeof sizes;
  theme?: 'light' | 'dark';
  language?: 'en' | 'de';
  /** Has a session with that organization already. */
  signedIn?: { organization: TestOrganization; token: string };
}

/** Where Chromium cannot run, its tests are skipped, and say why; everywhere else they run or fail. */
export function describeInBrowser(name: string, tests: () => void): void {
  const unavailable = ` (skipped: npm has no Chromium for ${process.arch})`;
  // eslint-disable-next-line jest/valid-describe-callback, jest/no-disabled-tests -- a wrapper, and the one exception
  (chromiumRuns ? describe : describe.skip)(`${name}${chromiumRuns ? '' : unavailable}`, tests);
}

/** A real browser for one test file. */
export class TestBrowser {
  readonly #complaints: string[] = [];

  private constructor(
    private readonly app: TestApp,
    private readonly chromium: Browser,
  ) {}

  static async start(app: TestApp): Promise<TestBrowser> {
    return new TestBrowser(app, await launchChromium());
  }

  /** A page in a browser that has never been here: with cookies and storage of its own. */
  async visitor({
    javaScript = true,
    on = 'desktop',
    theme = 'light',
    language = 'en',
    signedIn,
  }: VisitorOptions = {}): Promise<Page> {
    const context = await this.chromium.newContext({
      baseURL: this.app.origin,
      javaScriptEnabled: javaScript,
      viewport: sizes[on],
      colorScheme: theme,
      // So that nobody looks at a colour on its way to another one.
      reducedMotion: 'reduce',
      locale: language,
    });
    context.setDefaultTimeout(5_000);
    if (signedIn) {
      const name = `tenantry-session-${signedIn.organization.slug}`;
      await context.addCookies([
        { name, value: signedIn.token, url: this.app.origin, httpOnly: true, sameSite: 'Lax' },
      ]);
    }
    const page = await context.newPage();
    this.listen(page);
    return page;
  }

  /** Ends every visit. @throws where a page broke a policy of its own, or a script of it failed */
  async leave(): Promise<void> {
    await Promise.all(this.chromium.contexts().map((context) => context.close()));
    const complaints = this.#complaints.splice(0);
    if (complaints.length > 0) throw new Error(`the browser complained:\n${complaints.join('\n')}`);
  }

  async stop(): Promise<void> {
    await this.chromium.close();
  }

  private listen(page: Page): void {
    page.on('pageerror', (error) => this.#complaints.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      // That a page was answered with a status of failure is for the test to say.
      if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return;
      this.#complaints.push(`${page.url()}: ${message.text()}`);
    });
  }
}

/** Shows a page in both widths and both themes, one after the other; pictures go to `BROWSER_SCREENSHOTS`, if that is set. */
export async function* looksOf(page: Page, name: string): AsyncGenerator<string> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport);
      await keepPicture(page, `${name}-${size}-${theme}`);
      yield `${name}, ${size}, ${theme}`;
    }
  }
}

async function keepPicture(page: Page, name: string): Promise<void> {
  const directory = process.env['BROWSER_SCREENSHOTS'];
  if (directory === undefined) return;
  mkdirSync(directory, { recursive: true });
  await page.screenshot({ path: join(directory, `${name}.png`), fullPage: true });
}
