import { ApplicationSecret } from './application-secret.entity.js';
import { Application } from './application.entity.js';
import { RegistrationToken } from './registration-token.entity.js';

/** The tables of this feature, for the application's table of contents. */
export const applicationsEntities = [Application, ApplicationSecret, RegistrationToken];
