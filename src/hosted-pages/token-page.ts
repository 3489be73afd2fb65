import type { Abstract, Type } from '@nestjs/common';
import type { PageContent } from '../platform/http/html/page.js';
import type { Problem } from '../platform/problems/problem.js';
import type { VerificationTokenType } from '../verification/verification-tokens.service.js';
import type { Visit } from './visit.js';

/** The services of the features, which the pages call as the API does. */
export interface Services {
  get<T>(type: Type<T> | Abstract<T>): T;
}

/** A page behind a link in a mail. It uses nothing up until somebody posts its form. */
export interface TokenPage {
  readonly tokenType: VerificationTokenType;
  /** The last part of its address. */
  readonly path: string;
  /** What is to be clicked. */
  readonly ask: (visit: Visit) => PageContent;
  /** What the click does, and what is shown then. @throws Problem */
  readonly act: (visit: Visit) => Promise<PageContent>;
  /** The form again, with what is wrong with it; null for what no typing mends. */
  readonly askAgain?: (visit: Visit, problem: Problem) => Promise<PageContent | null> | PageContent | null;
}
