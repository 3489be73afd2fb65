import type { MailTemplateName } from '../mail-template-names.js';
import type { MailFrame, MailWording } from '../mail-wording.js';

export const englishFrame: MailFrame = {
  greeting: 'Hello,',
  greetingWithName: 'Hello {{ user.name }},',
  linkHint: 'If the button does not work, open this address:',
  codeHint: 'Or type this code where you are asked for it:',
  codeRemark:
    'The code works once, for {{ codeValidFor }}. Tell it to nobody: whoever asks you for it is not from {{ organization.name }}.',
  help: 'Help:',
  footer: 'This mail was sent by {{ organization.name }}.',
};

const ignore = 'If you did not ask for this, you can ignore this mail: nothing changes.';
const validFor =
  '{% if validFor %}The link works once, for {{ validFor }}.{% else %}The link works once.{% endif %}';

export const englishMails: Record<MailTemplateName, MailWording> = {
  welcome: {
    subject: 'Welcome to {{ organization.name }}',
    heading: 'Welcome to {{ organization.name }}',
    paragraphs: ['Your account is there. Please confirm that this is your e-mail address.'],
    button: 'Confirm address',
    remarks: [
      validFor,
      'If you know nothing of this account, ignore this mail: without your confirmation the address counts as nobody’s.',
    ],
  },
  'verify-email': {
    subject: 'Confirm your e-mail address',
    heading: 'Confirm your e-mail address',
    paragraphs: [
      'Please confirm that this is the e-mail address of your account at {{ organization.name }}.',
    ],
    button: 'Confirm address',
    remarks: [validFor, ignore],
  },
  'reset-password': {
    subject: 'Set a new password',
    heading: 'Set a new password',
    paragraphs: ['Somebody asked for a new password for your account at {{ organization.name }}.'],
    button: 'Set a new password',
    remarks: [
      validFor,
      'If that was not you, ignore this mail: your password stays as it is, and nobody can change it without this mail.',
    ],
  },
  'set-password': {
    subject: 'Set your password for {{ organization.name }}',
    heading: 'Choose a password',
    paragraphs: ['An account at {{ organization.name }} is ready for you. Choose a password to begin.'],
    button: 'Choose a password',
    remarks: [validFor, 'Nobody but you sees the password, not even the administrators.'],
  },
  'email-change': {
    subject: 'Confirm your new e-mail address',
    heading: 'Confirm your new e-mail address',
    paragraphs: [
      'This address is to become the one of your account at {{ organization.name }}. Please confirm it; until then the old one stays.',
    ],
    button: 'Confirm new address',
    remarks: [validFor, ignore],
  },
  'email-change-notice': {
    subject: 'Your e-mail address is about to change',
    heading: 'Your e-mail address is about to change',
    paragraphs: [
      'The address of your account at {{ organization.name }} is to become {% if data.newEmail %}{{ data.newEmail }}{% else %}another one{% endif %}. It changes when the new address is confirmed.',
      'If that was not you, change your password now and tell your administrators: somebody else may have access to your account.',
    ],
    button: null,
    remarks: [],
  },
  'password-changed': {
    subject: 'Your password was changed',
    heading: 'Your password was changed',
    paragraphs: [
      'The password of your account at {{ organization.name }} was changed, and your other sessions have ended.',
      'If that was not you, ask for a new password on the sign-in page now and tell your administrators.',
    ],
    button: null,
    remarks: [],
  },
  'magic-link': {
    subject: 'Sign in to {{ organization.name }}',
    heading: 'Sign in to {{ organization.name }}',
    paragraphs: ['With this link you sign in without a password.'],
    button: 'Sign in',
    remarks: [validFor, 'Do not pass this mail on: whoever has it can sign in as you. ' + ignore],
  },
  invitation: {
    subject:
      '{% if data.invitedBy %}{{ data.invitedBy }} invites you{% else %}You are invited{% endif %} to {{ organization.name }}',
    heading: 'You are invited to {{ organization.name }}',
    paragraphs: [
      '{% if data.invitedBy %}{{ data.invitedBy }} has invited you{% else %}You have been invited{% endif %} to join {{ organization.name }}.',
      '{% if data.message %}“{{ data.message }}”{% endif %}',
    ],
    button: 'Accept the invitation',
    remarks: [
      'The link works once, until {{ data.endsOn }}.',
      'If you do not want to join, ignore this mail.',
    ],
  },
  'account-exists': {
    subject: 'You already have an account',
    heading: 'You already have an account',
    paragraphs: [
      'Somebody, probably you, wanted to sign up at {{ organization.name }} with this address. There is an account with it already, so you can sign in.',
      'If you have forgotten the password, ask for a new one on the sign-in page. If it was not you, there is nothing to do: nobody learns that you have an account.',
    ],
    button: null,
    remarks: [],
  },
  'organization-list': {
    subject: 'Your organizations',
    heading: 'Your organizations',
    paragraphs: [
      'These organizations know this address. Follow the one that you want to sign in to:',
      '{{ data.organizations }}',
    ],
    button: null,
    remarks: ['If you did not ask for this, you can ignore this mail: nobody else has learned anything.'],
  },
};
