import { readdirSync } from 'node:fs';
import { createRequire, Module, registerHooks } from 'node:module';
import { dirname } from 'node:path';

/**
 * Parts of libraries that come with what a server needs, and that it needs later or never: 800 files of 3,100. Names stand
 * in their place, and load the part when it is called. To be done once, before any of these libraries is loaded; without
 * it everything works, and a start takes longer.
 */
export async function loadLibrariesLean() {
  const require = createRequire(import.meta.url);
  keepDatabasesOut(createRequire(require.resolve('typeorm')));
  deferChecks(createRequire(require.resolve('class-validator')));
  deferFunctions(createRequire(require.resolve('@fastify/static')), 'glob', ['glob']);
  deferTracing(createRequire(require.resolve('prom-client')));
  await loadDocumentationLean(createRequire(require.resolve('@nestjs/swagger')));
}

/** TypeORM brings the drivers of seventeen databases. */
function keepDatabasesOut(require) {
  put(require.resolve('./driver/DriverFactory.js'), {
    DriverFactory: class {
      create(dataSource) {
        const { PostgresDriver } = require('./driver/postgres/PostgresDriver.js');
        return new PostgresDriver(dataSource);
      }
    },
  });
  deferFunctions(require, 'tinyglobby', ['globSync']);
  deferFunctions(require, '@sqltools/formatter', ['format']);
}

/** prom-client marks samples with the trace they belong to, where there is one and exemplars are switched on. */
function deferTracing(require) {
  const path = require.resolve('@opentelemetry/api');
  put(path, {
    get trace() {
      return load(require, path).trace;
    },
    get context() {
      return load(require, path).context;
    },
  });
}

/** class-validator brings every check that there is, and the telephone numbers of the world. */
function deferChecks(require) {
  const folder = dirname(require.resolve('validator/lib/isEmail'));
  for (const file of readdirSync(folder)) {
    if (!/^(is[A-Z]\w*|contains|matches)\.js$/.test(file)) continue;
    deferFunctions(require, `${folder}/${file}`, ['default']);
  }
  deferFunctions(require, 'libphonenumber-js/max', ['default', 'parsePhoneNumber']);
  deferFunctions(require, 'validator', ['default', 'isStrongPassword']);
}

/** The decorators of the documentation bring a library of four hundred files, and use a handful of its functions. */
async function loadDocumentationLean(require) {
  const sources = {
    'es-toolkit/compat': toolkitFunctions.map(
      (name) => `export const ${name} = (...values) => require('es-toolkit/compat/${name}')(...values);`,
    ),
    'js-yaml': [`export const dump = (...values) => require('js-yaml').dump(...values);`],
  };
  const from = JSON.stringify(require.resolve('@nestjs/swagger'));
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (!(specifier in sources) || !context.conditions.includes('import')) return next(specifier, context);
      return { url: `lean:${specifier}`, format: 'module', shortCircuit: true };
    },
    load(url, context, next) {
      const source = url.startsWith('lean:') ? sources[url.slice('lean:'.length)] : undefined;
      if (source === undefined) return next(url, context);
      const head = `import { createRequire } from 'node:module';\nconst require = createRequire(${from});`;
      return { format: 'module', source: [head, ...source].join('\n'), shortCircuit: true };
    },
  });
  try {
    await import('@nestjs/swagger');
  } finally {
    hooks.deregister();
  }
}

const toolkitFunctions = [
  'assign',
  'clone',
  'cloneDeep',
  'compact',
  'find',
  'flatMap',
  'flatten',
  'get',
  'groupBy',
  'head',
  'identity',
  'isArray',
  'isEmpty',
  'isEqual',
  'isFunction',
  'isNil',
  'isString',
  'isUndefined',
  'keyBy',
  'map',
  'mapValues',
  'merge',
  'negate',
  'omit',
  'omitBy',
  'pick',
  'pickBy',
  'some',
  'unionWith',
  'uniq',
];

/** Functions that load their module when they are called first. */
function deferFunctions(require, name, functions) {
  const path = require.resolve(name);
  const deferred = functions.map((key) => [key, (...values) => load(require, path)[key](...values)]);
  put(path, { __esModule: functions.includes('default'), ...Object.fromEntries(deferred) });
}

const loaded = new Map();

function load(require, path) {
  if (!loaded.has(path)) {
    delete require.cache[path];
    loaded.set(path, require(path));
  }
  return loaded.get(path);
}

function put(path, exports) {
  const module = new Module(path);
  Object.assign(module, { filename: path, loaded: true, exports });
  createRequire(import.meta.url).cache[path] = module;
}
