import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const unpacker = fileURLToPath(new URL('unpack-chromium.js', import.meta.url));

/** The package holds a build for this processor only. */
export const chromiumRuns = process.arch === 'x64';

/** Starts the Chromium of the npm package, which needs nothing of the machine but the C library. */
export async function launchChromium(): Promise<Browser> {
  const directory = await unpackedChromium();
  return chromium.launch({
    executablePath: join(directory, 'chromium'),
    // Its sandbox needs either namespaces or a program of root's: containers have neither. It sees our own pages only.
    chromiumSandbox: false,
    args: ['--no-zygote', '--disable-gpu', '--disable-quic', '--font-render-hinting=none'],
    env: {
      PATH: process.env['PATH'],
      HOME: directory,
      TMPDIR: directory,
      LD_LIBRARY_PATH: join(directory, 'al2023', 'lib'),
      FONTCONFIG_PATH: join(directory, 'fonts'),
    },
  });
}

/** Unpacked by the first worker that asks, while the others wait: it takes two seconds and 200 MB. */
async function unpackedChromium(): Promise<string> {
  const shared = process.env['TENANTRY_TEST_DIRECTORY'];
  if (shared === undefined) throw new Error('Start tests through Jest, whose global set-up prepares them.');
  const directory = join(shared, 'chromium');
  const claim = join(shared, 'chromium-claim');
  while (!existsSync(directory)) {
    if (isFirst(claim)) await unpack(directory).finally(() => rmdirSync(claim));
    else await wait(50);
  }
  return directory;
}

function isFirst(claim: string): boolean {
  try {
    mkdirSync(claim);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function unpack(directory: string): Promise<void> {
  if (existsSync(directory)) return;
  const unfinished = `${directory}-unfinished`;
  mkdirSync(unfinished, { recursive: true });
  await promisify(execFile)(process.execPath, [unpacker], { env: { TMPDIR: unfinished } });
  // The file of the package looks for the fonts where Lambda has them.
  writeFileSync(join(unfinished, 'fonts', 'fonts.conf'), fontsAt(directory));
  renameSync(unfinished, directory);
}

const fontsAt = (directory: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${directory}/fonts/fonts</dir>
  <cachedir>${directory}/fonts/cache</cachedir>
</fontconfig>
`;
