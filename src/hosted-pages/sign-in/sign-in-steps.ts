import { Problem, raise } from '../../platform/problems/problem.js';
import { notFoundProblem } from '../../platform/problems/problems.js';
import type { Flow, StepName, StepResult } from '../../sign-in-flow/sign-in-flow.types.js';
import { SignInFlows } from '../../sign-in-flow/sign-in-flows.service.js';
import { type PageAnswer, redirectTo, show } from '../hosted-page.js';
import { goOn, over } from './going-on.js';
import { magicLinkStep, resetStep, verificationStep } from './mail-steps.js';
import { passwordStep } from './password-step.js';
import { destinationOf, type SignInVisit } from './sign-in-visit.js';
import type { Shown, StepView } from './step-view.js';

const stepViews: Readonly<Record<StepName, StepView>> = {
  password: passwordStep,
  verification: verificationStep,
  'magic-link': magicLinkStep,
  reset: resetStep,
};

/** Where a flow of this browser is; whoever comes with another one begins anew. */
export async function showFlow(context: SignInVisit, id: string): Promise<PageAnswer> {
  const flow = await context.services.get(SignInFlows).find(context.traveller, id);
  return flow === null ? redirectTo(context.addresses.to('sign-in')) : showStep(context, flow);
}

/** A form of a step was sent. */
export async function continueFlow(context: SignInVisit): Promise<PageAnswer> {
  const { services, visit, traveller, addresses } = context;
  const id = visit.typed('flow');
  const page = { id, version: Number(visit.typed('version')), step: visit.typed('step') };
  const taken = await services.get(SignInFlows).take(traveller, page);
  if (taken === null) return redirectTo(addresses.to('sign-in', { flow: id }));
  return advance(context, taken, visit.typed('act') || 'go');
}

/** Does what a button of a step asks for, in a flow that nobody else has at this version. */
export async function advance(context: SignInVisit, taken: Flow, act: string): Promise<PageAnswer> {
  const { actions, judge, prepare } = stepViews[taken.step];
  if (!Object.hasOwn(actions, act)) throw notFoundProblem();
  let flow = taken;
  try {
    const prepared = prepare === undefined ? taken : await prepare(context, taken);
    if (prepared === null) return redirectTo(context.addresses.to('sign-in'));
    flow = prepared;
    return await answer(context, flow, await actions[act]!(context, flow));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const flaws = judge(context, error) ?? raise(error);
    if (error.retryAfterSeconds !== undefined)
      void context.visit.reply.header('retry-after', Math.ceil(error.retryAfterSeconds));
    return showStep(context, flow, { flaws }, statusOf(error));
  }
}

async function answer(context: SignInVisit, { id }: Flow, result: StepResult): Promise<PageAnswer> {
  switch (result.kind) {
    case 'finished':
      return goOn(context, result.flow, result.signedIn);
    case 'moved':
      return result.notice === undefined
        ? redirectTo(context.addresses.to('sign-in', { flow: result.flow.id }))
        : showStep(context, result.flow, { said: result.notice });
    case 'over':
      return redirectTo(context.addresses.to('sign-in', { flow: id }));
  }
}

async function showStep(
  context: SignInVisit,
  flow: Flow,
  { flaws = [], said = null }: Partial<Pick<Shown, 'flaws' | 'said'>> = {},
  status = 200,
): Promise<PageAnswer> {
  const destination = await destinationOf(context, flow);
  if (destination === null) return over(context);
  return show(await stepViews[flow.step].show(context, flow, { destination, flaws, said }), status);
}

/** A browser asks for a name and password of its own where an answer is 401. */
const statusOf = ({ kind }: Problem): number => (kind.status === 401 ? 422 : kind.status);
