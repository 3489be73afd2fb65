import type { OpenAPIObject } from '@nestjs/swagger';
import { productPermissions, systemRoles } from '../../src/access-control/product-permissions.js';
import type { AccessRule } from '../../src/platform/access/access.decorators.js';

interface Operation {
  'x-access'?: AccessRule;
}

/** `docs/permissions.md`: what the product asks for, and who asks. */
export function renderPermissions(document: OpenAPIObject): string {
  const rows = productPermissions.map(({ name, description, platformOnly }) => {
    const routes = routesThatAskFor(document, name)
      .map((route) => `\`${route}\``)
      .join('<br>');
    return `| \`${name}\` | ${description}${platformOnly ? ' (platform organization only)' : ''} | ${routes || '–'} |`;
  });
  const roles = systemRoles.map(
    ({ name, description, permissions }) =>
      `| \`${name}\` | ${description} | ${permissions.map((permission) => `\`${permission}\``).join(' ') || '–'} |`,
  );
  return `# Permissions

A permission is \`resource:action\`. \`resource:*\` stands for every action on a resource and \`*\` for everything, except the \`platform:\`
permissions, which exist in the platform organization only. Organizations define permissions of their own beside these, such as
\`articles:publish\`. Nobody can grant what they do not hold.

Made from the table of permissions by \`npm run docs\`.

| permission | for | asked by |
|---|---|---|
${rows.join('\n')}

## System roles

Every organization has them; they cannot be changed or deleted.

| role | | holds |
|---|---|---|
${roles.join('\n')}
`;
}

function routesThatAskFor(document: OpenAPIObject, permission: string): string[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>)
      .filter(([, { 'x-access': rule }]) => rule?.kind === 'permission' && rule.permission === permission)
      .map(([method]) => `${method.toUpperCase()} ${path}`),
  );
}
