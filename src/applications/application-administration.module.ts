import { Module } from '@nestjs/common';
import { AccessControlModule } from '../access-control/access-control.module.js';
import { MediaLinksModule } from '../media/media-links.module.js';
import { ScopesModule } from '../scopes/scopes.module.js';
import { ApplicationAdministration } from './application-administration.service.js';
import { ApplicationChanges } from './application-changes.service.js';
import { ApplicationCreation } from './application-creation.service.js';
import { ApplicationSecretsController } from './application-secrets.controller.js';
import { ApplicationSecrets } from './application-secrets.service.js';
import { ApplicationsController } from './applications.controller.js';
import { ApplicationsModule } from './applications.module.js';
import { DynamicRegistrations } from './dynamic-registrations.service.js';
import { RegistrationTokensController } from './registration-tokens.controller.js';
import { RegistrationTokens } from './registration-tokens.service.js';

/** Administering applications over HTTP, and letting them register themselves. */
@Module({
  imports: [ApplicationsModule, AccessControlModule, ScopesModule, MediaLinksModule],
  controllers: [ApplicationsController, ApplicationSecretsController, RegistrationTokensController],
  providers: [
    ApplicationChanges,
    ApplicationCreation,
    ApplicationAdministration,
    ApplicationSecrets,
    RegistrationTokens,
    DynamicRegistrations,
  ],
  exports: [ApplicationChanges, DynamicRegistrations],
})
export class ApplicationAdministrationModule {}
