/**
 * One place in the input that is wrong. `pointer` is a JSON Pointer (RFC 6901) into the body; a parameter of the query is
 * `/query/…`, a header `/header/…`. No body has members of these names.
 */
export interface FieldError {
  pointer: string;
  detail: string;
}

/** A kind of failure that clients may rely on. `code` is stable for ever. */
export interface ProblemKind {
  readonly code: string;
  readonly status: number;
  readonly title: string;
}

interface ProblemDetails {
  detail?: string;
  errors?: FieldError[];
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** A failure that is told to the client as a problem document (RFC 9457). The cause goes to the log only. */
export class Problem extends Error {
  readonly detail: string | undefined;
  readonly errors: FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly kind: ProblemKind,
    details: ProblemDetails = {},
  ) {
    super(details.detail ?? kind.title, { cause: details.cause });
    this.name = 'Problem';
    this.detail = details.detail;
    this.errors = details.errors;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

const catalogue = new Map<string, ProblemKind>();

/** Adds a kind of problem to the catalogue. @throws Error if the code is taken */
export function defineProblem(code: string, status: number, title: string): ProblemKind {
  if (catalogue.has(code)) throw new Error(`problem "${code}" is defined twice`);
  const kind = Object.freeze({ code, status, title });
  catalogue.set(code, kind);
  return kind;
}

/** Every kind defined by the modules that are loaded, by code. */
export function problemCatalogue(): ProblemKind[] {
  return [...catalogue.values()].sort((a, b) => a.code.localeCompare(b.code));
}

export function raise(problem: Problem): never {
  throw problem;
}
