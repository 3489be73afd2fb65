import type { HostedPage, Services } from '../hosted-page.js';
import { providerCallbackPages } from './provider-callback.page.js';
import { providerLinkPage } from './provider-link.page.js';
import { providerStartPage } from './provider-start.page.js';

/** The way to an upstream provider and back. */
export const providerPages = (services: Services): HostedPage[] => [
  providerStartPage(services),
  providerLinkPage(services),
  ...providerCallbackPages(services),
];
