import { EmailDomain } from './email-domain.entity.js';

export const emailDomainsEntities = [EmailDomain];
