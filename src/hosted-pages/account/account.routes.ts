import type { HostedPage, Services } from '../hosted-page.js';
import { type AccountPage, hostedAccountPage } from './account-page.js';
import { activityPage } from './activity.page.js';
import { applicationsPage } from './applications.page.js';
import { dataPage } from './data.page.js';
import { deactivationPage, deletionPage } from './departure.pages.js';
import { emailChangeFormPage } from './email-change.page.js';
import { emailPage } from './email.page.js';
import { goodbyePage } from './goodbye.page.js';
import { linkedAccountsPage } from './linked-accounts.page.js';
import { overviewPage } from './overview.page.js';
import { passwordPage } from './password.page.js';
import { picturePage } from './picture.page.js';
import { profilePage } from './profile.page.js';
import { sessionsPage } from './sessions.page.js';

const pages: readonly AccountPage[] = [
  overviewPage,
  profilePage,
  emailPage,
  emailChangeFormPage,
  passwordPage,
  sessionsPage,
  applicationsPage,
  linkedAccountsPage,
  activityPage,
  dataPage,
  deactivationPage,
  deletionPage,
];

/** What people see and do of their own account, below `/o/{slug}/account`. */
export const accountPages = (services: Services): HostedPage[] => [
  ...pages.map((page) => hostedAccountPage(services, page)),
  picturePage(services),
  goodbyePage(services),
];
