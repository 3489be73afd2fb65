import type * as Engine from 'oidc-provider';

let loading: Promise<typeof Engine> | undefined;
let loaded: typeof Engine | undefined;

/** The protocol engine, read at the first protocol request: a server that only validates sessions does without it. */
export function loadEngine(): Promise<typeof Engine> {
  return (loading ??= import('oidc-provider').then((engine) => (loaded = engine)));
}

/** @throws Error before `loadEngine`: there is no instance, and so nobody to ask */
export function engine(): typeof Engine {
  if (loaded === undefined) throw new Error('the protocol engine has not been loaded');
  return loaded;
}
