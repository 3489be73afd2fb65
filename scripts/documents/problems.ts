import type { OpenAPIObject } from '@nestjs/swagger';
import type { ProblemKind } from '../../src/platform/problems/problem.js';

interface Operation {
  responses?: Record<string, { content?: Record<string, { examples?: Record<string, unknown> }> }>;
}

/** `docs/problems.md`: every code, and who answers it. */
export function renderProblems(catalogue: readonly ProblemKind[], document: OpenAPIObject): string {
  const everywhere = Object.values(document.paths).flatMap((item) => Object.values(item)).length;
  const sections = catalogue.map(({ code, status, title }) => {
    const routes = routesThatAnswer(document, code);
    const where =
      routes.length === 0
        ? 'Answered where no route is meant.'
        : routes.length > 8
          ? `Answered by ${routes.length} of ${everywhere} operations; each says so in the OpenAPI document.`
          : `Answered by ${routes.map((route) => `\`${route}\``).join(', ')}.`;
    return `## ${code}\n\n**${status}** · ${title}. \`urn:tenantry:problem:${code}\`\n\n${where}\n`;
  });
  return `# Problems

Every failure is answered as \`application/problem+json\` (RFC 9457) with \`type\`, \`title\`, \`status\`, \`code\`, \`instance\` (the
request, as in \`X-Request-Id\`), sometimes \`detail\`, and \`errors: [{ pointer, detail }]\` where the input is to blame. \`code\` is
stable: programs may rely on it. \`Retry-After\` tells when to come back after a 429 or 503.

A \`pointer\` is a JSON Pointer (RFC 6901) into the body, such as \`/owner/email\`. A parameter of the query is blamed as
\`/query/limit\`, a header as \`/header/If-Match\`, and \`''\` is the body as a whole.

Made from the catalogue of problems by \`npm run docs\`.

${sections.join('\n')}`;
}

function routesThatAnswer(document: OpenAPIObject, code: string): string[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>)
      .filter(([, operation]) =>
        Object.values(operation.responses ?? {}).some(
          ({ content }) => content?.['application/problem+json']?.examples?.[code] !== undefined,
        ),
      )
      .map(([method]) => `${method.toUpperCase()} ${path}`),
  );
}
