/*
 * Who may import whom. Each rule has a planted violation in test/architecture/dependencies.spec.ts, which must be found.
 */

/** What a feature shows to the others: its wiring, its verbs and how they fail, what it announces, and the shapes that these speak of. */
const frontDoor = '\\.(module|service|events|ids|types|view|problems)\\.ts$';

/** Named one by one: what reads an identifier as everybody must, and who holds a secret. */
const otherDoors = '^src/(users/identifiers\\.rules|sessions/principal-lookup)\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'With ESM and decorator metadata, classes that name each other crash at import',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'platform-knows-no-feature',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/(?!platform/)' },
    },
    {
      name: 'features-meet-at-the-front-door',
      comment:
        'Only modules, services, events, ids and the shapes they speak of cross from feature to feature',
      severity: 'error',
      from: { path: '^src/(?!platform/)([^/]+)/' },
      to: {
        path: '^src/(?!platform/)[^/]+/',
        pathNot: ['^src/$1/', frontDoor, otherDoors],
      },
    },
    {
      name: 'hosted-pages-are-a-leaf',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/hosted-pages/', '^src/app(\\.module)?\\.ts$'] },
      to: { path: '^src/hosted-pages/' },
    },
    {
      name: 'rules-are-pure',
      comment: 'Decisions import rules, problems and types only, so that they can be tested as tables',
      severity: 'error',
      from: { path: '\\.rules\\.ts$' },
      to: {
        pathNot: [
          '\\.(rules|problems|types)\\.ts$',
          'product-permissions\\.ts$',
          '^src/platform/problems/',
          '^src/platform/http/bounded-json\\.ts$',
          '^(node:)?(net|url|util)$',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'rules-know-no-framework',
      severity: 'error',
      from: { path: '\\.rules\\.ts$' },
      to: {
        path: 'node_modules/(@nestjs|typeorm|pg|@types/pg|fastify)/|^src/platform/(http/(?!bounded-json)|database/)',
      },
    },
    {
      name: 'controllers-hold-no-sql',
      severity: 'error',
      from: { path: '^src/(?!platform/).+\\.controller\\.ts$' },
      to: { path: 'node_modules/(typeorm|pg|@types/pg)/|^src/platform/database/|\\.(queries|entity)\\.ts$' },
    },
    {
      name: 'services-know-no-http',
      comment: 'Of HTTP only what has nothing of requests and replies in it',
      severity: 'error',
      from: { path: '^src/(?!platform/).+\\.(service|queries)\\.ts$' },
      to: {
        path: [
          'node_modules/(fastify|@fastify/[^/]+|@nestjs/platform-fastify|@nestjs/swagger)/',
          '^(node:)?https?$',
          '\\.controller\\.ts$',
          '^src/platform/http/(?!(idempotency|lists|if-match|public-addresses)\\.ts$)',
        ],
      },
    },
    {
      name: 'queries-alone-know-the-driver',
      comment: 'Everybody else gets a transaction from platform/database',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/platform/(database|embedded-postgres)/', '^src/sessions/principal-lookup\\.ts$'],
      },
      to: { path: 'node_modules/(pg|@types/pg)/' },
    },
    {
      name: 'migrations-stand-alone',
      comment: 'A migration must mean the same for ever',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^(src|test|scripts)/' },
    },
    {
      name: 'nobody-imports-the-entry',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(main|server|app|app\\.module)\\.ts$'] },
      to: { path: '^src/(main|server|app|app\\.module)\\.ts$' },
    },
    {
      name: 'product-knows-no-tests',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^test/|\\.spec\\.ts$' },
    },
    {
      name: 'product-runs-without-development-packages',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-drawers',
      comment: 'Files are called after what they hold; no barrels',
      severity: 'error',
      from: {},
      to: {
        path: '/(index|util|utils|helper|helpers|common|shared|misc|base)(/|\\.[jt]s$)',
        pathNot: 'node_modules/',
      },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    parser: 'tsc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.data)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
    skipAnalysisNotInRules: true,
  },
};
