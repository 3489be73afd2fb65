/** Why somebody who has come by a provider does not come in, or does not get the account linked. */
export const arrivalRefusals = {
  provider_disabled: 'The provider is switched off, or is there no more.',
  address_not_admitted:
    'The provider is for certain domains only, and does not vouch for an address of one of them.',
  account_not_linked:
    'There is a user with this address, and nothing says that it is the same person. They sign in as they always do, and link the account on the page of their account.',
  account_unavailable: 'The user is locked or deactivated.',
  account_linked_elsewhere: 'The account is linked with another user.',
  reauthentication_required: 'Whoever links an account must have shown not long before who they are.',
  session_ended: 'The session in which somebody asked to link has ended.',
  registration_closed:
    'Nobody becomes a user by this way: registration is closed, or the provider takes nobody new.',
  email_domain_not_allowed:
    'The organization takes no new users with an address of that domain, or without one.',
  invitation_outdated: 'Whoever invited this person may not give any more what the invitation gives.',
  organization_unavailable: 'The organization is suspended, or is there no more.',
} as const satisfies Record<string, string>;

export type ArrivalRefusal = keyof typeof arrivalRefusals;

/** Nothing was written but an audit event. The message is for administrators; people are told in their language. */
export class ArrivalRefused extends Error {
  constructor(
    readonly reason: ArrivalRefusal,
    cause?: unknown,
  ) {
    super(arrivalRefusals[reason], { cause });
    this.name = 'ArrivalRefused';
  }
}
