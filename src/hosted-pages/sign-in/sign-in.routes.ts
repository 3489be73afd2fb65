import type { HostedPage, Services } from '../hosted-page.js';
import { consentPage } from './consent.page.js';
import { forgottenPasswordPage } from './forgotten-password.page.js';
import { landingPage } from './landing.page.js';
import { signInPage } from './sign-in.page.js';
import { signedOutPage, signOutPage } from './sign-out.page.js';
import { signUpPage } from './sign-up.page.js';

/** The ways to a session and out of it. */
export const signInPages = (services: Services): HostedPage[] => [
  landingPage(services),
  signInPage(services),
  signUpPage(services),
  forgottenPasswordPage(services),
  consentPage(services),
  signOutPage(services),
  signedOutPage(services),
];
