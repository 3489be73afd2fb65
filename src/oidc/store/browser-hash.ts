import { hash } from 'node:crypto';

/** The browser's name is a secret that it alone holds. */
export const hashOfBrowser = (browser: string): Buffer => hash('sha256', `browser:${browser}`, 'buffer');
