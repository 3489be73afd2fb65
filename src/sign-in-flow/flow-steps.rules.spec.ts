import { describe, expect, it } from '@jest/globals';
import { isStep, requireFinishing, requireMove, stepRules } from './flow-steps.rules.js';
import type { StepName } from './sign-in-flow.types.js';

const names = Object.keys(stepRules) as StepName[];

describe('The steps of signing in', () => {
  it('lead on as the table says, and nowhere else', () => {
    const ways = names.flatMap((from) =>
      names.filter((to) => stepRules[from].leadsTo.includes(to)).map((to) => `${from} > ${to}`),
    );

    expect(ways).toEqual([
      'password > password',
      'password > verification',
      'password > magic-link',
      'verification > password',
      'verification > verification',
      'magic-link > password',
      'magic-link > magic-link',
      'reset > password',
      'reset > reset',
    ]);
    expect(() => requireMove('reset', 'verification')).toThrow('no way leads from "reset" to "verification"');
    expect(() => requireMove('magic-link', 'verification')).toThrow('no way leads');
  });

  it('sign nobody in by a forgotten password', () => {
    expect(names.filter((name) => stepRules[name].finishes)).toEqual([
      'password',
      'verification',
      'magic-link',
    ]);
    expect(() => requireFinishing('reset')).toThrow('nobody is signed in by "reset"');
  });

  it.each(['', 'identifier', 'done', 'constructor', '__proto__', 'toString'])(
    'do not include "%s"',
    (name) => {
      expect(isStep(name)).toBe(false);
    },
  );
});
