import type { ProviderWording } from './provider-wording.js';

export const englishProviders: ProviderWording = {
  with: (provider) => `Continue with ${provider}`,
  reference: 'If you ask for help, give this reference:',
  back: 'Back to signing in',
  toAccount: 'Back to your account',
  failedTitle: (provider) => `That did not work with ${provider}`,
  deniedTitle: 'Access was denied',
  denied: (provider) =>
    `${provider} says that access was denied. Perhaps you declined, or your account there may not be used here.`,
  outageTitle: (provider) => `${provider} does not answer`,
  outage: (provider) =>
    `${provider} cannot be reached at the moment, and there is nothing wrong with your account. Try again in a minute, or sign in another way.`,
  wrong: (provider) =>
    `The answer of ${provider} does not hold, so nobody was signed in. Try again; if it stays, the administrators of this organization can read what went wrong.`,
  overTitle: 'Please begin again',
  expired: 'Signing in has taken longer than ten minutes.',
  used: 'This answer was used already. If you are signed in, all is well.',
  browser:
    'Signing in was begun in another browser, or this one keeps no cookies. Begin and end in the same browser.',
  changed: 'The administrators have changed this way of signing in just now.',
  refused: {
    notLinked: (provider) =>
      `There is an account with your e-mail address already. Sign in as you always do, and link ${provider} on the page of your account.`,
    unavailable: 'Your account here cannot sign in. Ask the administrators of this organization.',
    linkedElsewhere: 'This account is linked with somebody else here.',
    closed: (organization) =>
      `${organization} makes its accounts itself, and there is none for you yet. Ask its administrators.`,
    domain:
      'Only people with an e-mail address of certain domains come in this way, and yours is not of them.',
    reauthentication: 'To link an account, show first that it is you: sign in again, and do it at once.',
    signedOut: 'You have been signed out meanwhile. Sign in, and link the account again.',
    organization: (provider) =>
      `Your account at ${provider} does not belong to an organization that may come in this way. Choose another account there.`,
    other: (provider) => `${provider} knows you, but you may not come in this way.`,
  },
  onward: {
    title: (provider) => `On to ${provider}`,
    text: (provider) => `Sign in at ${provider}. You come back here afterwards.`,
    button: (provider) => `Continue to ${provider}`,
  },
  verification: {
    title: 'Look into your mail',
    text: (email) =>
      `Before you go on, show that you read the mails of ${email}: we have sent you one. Follow its link, and then sign in the same way again.`,
  },
  test: {
    title: 'A test',
    lead: (provider, organization) =>
      `An administrator of ${organization} tries out ${provider}. If you go on, what ${provider} says about you is shown to the administrators. Nobody is signed in.`,
    button: (provider) => `Go on to ${provider}`,
    doneTitle: 'The test went well',
    done: 'The answer of the provider holds. Nobody was signed in, and nothing was changed.',
    outcome: 'What would happen',
    roles: 'Roles from claims',
    claims: 'What the provider says',
    claim: 'Claim',
    value: 'Value',
  },
};
