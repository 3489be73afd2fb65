import type { Readable } from 'node:stream';
import type { Abstract, Type } from '@nestjs/common';
import type { PageContent } from '../platform/http/html/page.js';
import type { Visit } from './visit.js';

/** The services of the features, which the pages call as the API does. */
export interface Services {
  get<T>(type: Type<T> | Abstract<T>): T;
}

/** A page, the address of the next one, or a file to keep. */
export type PageAnswer =
  | { readonly content: PageContent; readonly status?: number }
  /** Answered with 303, so that reloading the next page sends nothing again. */
  | { readonly redirectTo: string }
  | { readonly download: Readable; readonly fileName: string; readonly type: string };

/** One address below `/o/:slug/`, with what is shown there and what its forms do. */
export interface HostedPage {
  /** Such as `account/sessions/:session`. */
  readonly path: string;
  /** Changes nothing: browsers and scanners open addresses that nobody clicked. */
  readonly get?: (visit: Visit) => Promise<PageAnswer> | PageAnswer;
  /** Reached by the page's own forms only (`formOf`): others are refused before. @throws Problem */
  readonly post?: (visit: Visit) => Promise<PageAnswer> | PageAnswer;
  /** The language of whoever is signed in, after what the address asks for and before what the browser says. */
  readonly localeOf?: (visit: Visit) => Promise<string | null>;
  /** Its form brings one file, in the field `file`, and nothing else; see `visit.readFile`. */
  readonly takesFile?: { readonly maxBytes: number };
}

export const show = (content: PageContent, status = 200): PageAnswer => ({ content, status });
export const redirectTo = (address: string): PageAnswer => ({ redirectTo: address });

/** @param fileName plain ASCII, and nobody's words */
export const download = (content: Readable, fileName: string, type: string): PageAnswer => ({
  download: content,
  fileName,
  type,
});
