import type { Token } from 'oidc-provider';

/** Who acts for the subject of a token (RFC 8693, section 4.1), the last one outermost. */
export interface Actor {
  readonly sub: string;
  readonly act?: Actor;
}

const actors = new WeakMap<Token, Actor>();

export const setActor = (token: Token, actor: Actor): void => void actors.set(token, actor);

export const actorOf = (token: Token): Actor | undefined =>
  actors.get(token) ?? (token.extra?.['act'] as Actor | undefined);
