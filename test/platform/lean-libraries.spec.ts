import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

function answerOf(script: string): unknown {
  const lean = `const { loadLibrariesLean } = await import('./scripts/lean-libraries.js'); await loadLibrariesLean();`;
  const args = ['--input-type=module', '--eval', `${lean}\n${script}`];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' }));
}

describe('Libraries that are loaded in part', () => {
  it('check values as the whole ones do', () => {
    const answer = answerOf(`
      const { isEmail, isFQDN, isPhoneNumber, isUUID, isStrongPassword } = await import('class-validator');
      console.log(JSON.stringify([isEmail('max@acme.example'), isEmail('max'), isFQDN('acme.example'),
        isPhoneNumber('+41446681800'), isPhoneNumber('12'), isUUID('no'), isStrongPassword('aB3$efghij')]));`);

    expect(answer).toEqual([true, false, true, true, false, false, true]);
  });

  it('reach PostgreSQL, and leave the other drivers on the disk', () => {
    const answer = answerOf(`
      const { createRequire } = await import('node:module');
      const { DataSource } = await import('typeorm');
      const { SwaggerModule } = await import('@nestjs/swagger');
      const source = new DataSource({ type: 'postgres', url: 'postgres://localhost/nothing' });
      const files = Object.keys(createRequire(process.cwd() + '/x.js').cache);
      console.log(JSON.stringify([source.driver.constructor.name, typeof SwaggerModule.setup,
        files.filter((file) => /typeorm.driver.(oracle|sap|mysql|mongodb).*Driver\\.js$/.test(file)).length]));`);

    expect(answer).toEqual(['PostgresDriver', 'function', 0]);
  });
});
