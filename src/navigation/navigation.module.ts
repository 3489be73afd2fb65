import { Module } from '@nestjs/common';
import { AccessControlModule } from '../access-control/access-control.module.js';
import { NavigationController } from './navigation.controller.js';
import { Navigation } from './navigation.service.js';

/** Menus and pages of an organization's applications, and who may see which. It shows and hides; it protects nothing. */
@Module({ imports: [AccessControlModule], controllers: [NavigationController], providers: [Navigation] })
export class NavigationModule {}
