import { describe } from '@jest/globals';
import { grants } from './grants.js';
import { openidClient } from './openid-client.js';

describe(openidClient.name, () => {
  grants(openidClient);
});
