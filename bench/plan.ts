/** How long a run takes. */
export interface Plan {
  readonly rounds: number;
  readonly warmUpMilliseconds: number;
  readonly milliseconds: number;
  /** Sign-ins are some fifty a second: they need longer. */
  readonly signInMilliseconds: number;
  /** Once: the first few hundred sign-ins run code that is not compiled yet. */
  readonly signInWarmUpMilliseconds: number;
  readonly listRequests: number;
  /** After the first healthy answer, before memory is read. */
  readonly idleMilliseconds: number;
}

export const fullPlan: Plan = {
  rounds: 5,
  warmUpMilliseconds: 500,
  milliseconds: 2_500,
  signInMilliseconds: 4_000,
  signInWarmUpMilliseconds: 8_000,
  listRequests: 100,
  idleMilliseconds: 5_000,
};

/** While developing: one short round, whose figures jump. */
export const quickPlan: Plan = {
  rounds: 1,
  warmUpMilliseconds: 500,
  milliseconds: 1_500,
  signInMilliseconds: 3_000,
  signInWarmUpMilliseconds: 3_000,
  listRequests: 50,
  idleMilliseconds: 2_000,
};

export const validationClients = 64;
export const signInClients = 4;
export const stormClients = 16;
export const protocolClients = 16;
/** How many issuers are touched before memory is read. */
export const touchedOrganizations = 1_000;
