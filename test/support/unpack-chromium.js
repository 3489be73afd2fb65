import { fileURLToPath } from 'node:url';
import { inflate } from '@sparticuz/chromium';

/*
 * Unpacks Chromium, and what it needs of libraries and fonts, into the directory for temporary files. A process of its
 * own, because the package takes that directory from the environment, where Jest lets no test change it.
 */

const packed = ['chromium.br', 'al2023.tar.br', 'fonts.tar.br', 'swiftshader.tar.br'];
const directory = fileURLToPath(new URL('../bin/', import.meta.resolve('@sparticuz/chromium')));
await Promise.all(packed.map((name) => inflate(`${directory}${name}`)));
