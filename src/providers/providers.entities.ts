import { OauthProvider } from './oauth-provider.entity.js';

export const providersEntities = [OauthProvider];
