import type { StepName } from './sign-in-flow.types.js';

interface StepRule {
  /** Steps that can follow it, itself included where it can be tried again. */
  readonly leadsTo: readonly StepName[];
  /** Whether somebody can be signed in by it. */
  readonly finishes: boolean;
}

/**
 * The way to a session. A move that is not in here is made by nobody, whatever a request says.
 *
 * `verification` is reached by whoever has proven or chosen the password in this flow, and finishes only while that one holds.
 */
export const stepRules: Readonly<Record<StepName, StepRule>> = {
  password: { leadsTo: ['password', 'verification', 'magic-link'], finishes: true },
  verification: { leadsTo: ['verification', 'password'], finishes: true },
  'magic-link': { leadsTo: ['magic-link', 'password'], finishes: true },
  reset: { leadsTo: ['reset', 'password'], finishes: false },
};

export const isStep = (name: string): name is StepName => Object.hasOwn(stepRules, name);

/** @throws Error for a move that no step makes */
export function requireMove(from: StepName, to: StepName): void {
  if (!stepRules[from].leadsTo.includes(to)) throw new Error(`no way leads from "${from}" to "${to}"`);
}

/** @throws Error */
export function requireFinishing(step: StepName): void {
  if (!stepRules[step].finishes) throw new Error(`nobody is signed in by "${step}"`);
}
