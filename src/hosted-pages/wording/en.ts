import { englishShell } from '../../platform/http/html/shell-wording.js';
import type { Wording } from './wording.js';

export const english: Wording = {
  shell: englishShell,
  languageName: 'English',
  verifyEmail: {
    title: 'Confirm your e-mail address',
    text: (organization) => `Confirm that this is the e-mail address of your account at ${organization}.`,
    button: 'Confirm the address',
    doneTitle: 'Your address is confirmed',
    doneText: () => 'Thank you.',
  },
  emailChange: {
    title: 'Confirm your new e-mail address',
    text: (organization) =>
      `Confirm that this is to be the e-mail address of your account at ${organization} from now on.`,
    button: 'Confirm the new address',
    doneTitle: 'Your address is changed',
    doneText: (organization) => `From now on ${organization} writes to the new address.`,
  },
  magicLink: {
    title: 'Sign in',
    text: (organization) => `Sign in to ${organization} in this browser.`,
    button: 'Sign in',
    doneTitle: 'You are signed in',
    doneText: (organization) => `This browser is signed in to ${organization}.`,
    doneAs: (person) => `Signed in as ${person}.`,
  },
  passwordReset: {
    title: 'Choose a new password',
    text: (organization) =>
      `Choose the password of your account at ${organization}. Everywhere else you will be signed out.`,
    button: 'Save the password',
    doneTitle: 'Your password is saved',
    doneText: (organization) => `You can sign in to ${organization} with it now.`,
  },
  invitation: {
    title: 'You are invited',
    text: (organization) => `You are invited to join ${organization}.`,
    button: 'Open the invitation',
    openTitle: (organization) => `Join ${organization}`,
    openText: (inviter, organization) => `${inviter ?? 'Somebody'} invites you to join ${organization}.`,
    messageFrom: (inviter) => (inviter === null ? 'Message:' : `Message from ${inviter}:`),
    newUserText: (email) => `Your account will be ${email}. Choose a password to begin.`,
    signedInText: (email) => `You are signed in as ${email}.`,
    acceptButton: 'Accept the invitation',
    validUntil: (moment) => `The invitation ends on ${moment} (UTC).`,
    accountExists: (email, organization) =>
      `${email} has an account at ${organization} already. Sign in with it in this browser, then open the link in the mail again.`,
    outdated: 'Whoever invited you may not do so any more. Ask for a new invitation.',
    doneTitle: 'Welcome',
    doneText: (organization) => `You have joined ${organization}.`,
    doneNewText: (email) => `Your account ${email} is ready, and you are signed in to it.`,
  },
  fields: {
    email: 'E-mail address',
    newPassword: 'New password',
    password: 'Password',
    passwordHint: 'Long is good: a sentence is fine. Nobody else ever sees it.',
    fullName: 'Name',
  },
  flaws: {
    tooShort: (needed) => `Too short: ${needed} characters are needed.`,
    guessable: 'Easy to guess: names of yours, of the organization and of the product do not count.',
    known: 'This is among the passwords that are guessed first.',
    tooLong: 'Too long: 256 characters at most.',
    missing: 'This is needed.',
    badName: 'This has to be a name on one line, of 200 characters at most.',
  },
  failures: {
    deadLinkTitle: 'This link does not work',
    deadLinkText: 'It has been used, has expired, or is not complete. Ask for a new one.',
    notFoundTitle: 'There is nothing here',
    notFoundText: 'Check the address, or open the link in the mail again.',
    staleTitle: 'Please send this once more',
    staleText:
      'Nothing has happened yet: the page was open for very long, or the browser keeps no cookies for this site.',
    crossSiteTitle: 'That came from another site',
    crossSiteText: 'For your safety nothing has happened. Go back to where you came from and begin again.',
    busyTitle: 'Please try again',
    busyText: 'The server cannot answer at the moment. Nothing is lost: reload the page in a few seconds.',
    failedTitle: 'Something went wrong',
    failedText: (requestId) => `This is our fault. Whoever runs the server finds it under ${requestId}.`,
  },
};
