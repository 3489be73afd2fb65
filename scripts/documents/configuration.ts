import { type Setting, settings } from '../../src/platform/config/settings.js';

const titles: Record<keyof typeof settings, string> = {
  server: 'Server',
  database: 'Database',
  security: 'Keys',
  mail: 'Mail',
  redis: 'Redis',
  media: 'Pictures and logos',
  limits: 'Limits',
  outbound: 'Requests to addresses that organizations gave',
  retention: 'Retention',
  firstOperator: 'First operator',
};

function groups(): { title: string; members: Setting<unknown>[] }[] {
  return Object.entries(settings).map(([group, members]) => ({
    title: titles[group as keyof typeof settings],
    members: Object.values(members as Record<string, Setting<unknown>>),
  }));
}

/** `docs/configuration.md` */
export function renderConfiguration(): string {
  const tables = groups().map(({ title, members }) => {
    const rows = members.map(({ name, describe, otherwiseText, example }) => {
      const otherwise = otherwiseText === '' ? 'not set' : otherwiseText;
      return `| \`${name}\` | ${describe} | ${otherwise} | \`${example}\` |`;
    });
    return `## ${title}\n\n| variable | | default | example |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Configuration

Settings are environment variables, read once at the start; \`npm start\` also reads a file \`.env\` beside \`package.json\`. Wrong values,
and in production (\`NODE_ENV=production\`) unsafe ones, keep the server from starting: it lists all of them at once, never their values.

Made from the table of settings by \`npm run docs\`.

${tables.join('\n')}`;
}

/** `.env.example` */
export function renderEnvironmentExample(): string {
  const sections = groups().map(({ title, members }) => {
    const entries = members.map(
      ({ name, describe, example }) => `# ${describe.replaceAll('`', '')}\n# ${name}=${quoted(example)}\n`,
    );
    return `# --- ${title}\n\n${entries.join('\n')}`;
  });
  return `# Every setting with an example. Copy to .env and take away the "#" of what you need; nothing is needed to try it out.
# Never use the keys below: make your own with "openssl rand -base64 32".

${sections.join('\n')}`;
}

function quoted(value: string): string {
  return value.includes(' ') ? `"${value}"` : value;
}
