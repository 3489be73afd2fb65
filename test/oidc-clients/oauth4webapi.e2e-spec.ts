import { describe } from '@jest/globals';
import { grants } from './grants.js';
import { oauth4webapi } from './oauth4webapi.js';

describe(oauth4webapi.name, () => {
  grants(oauth4webapi);
});
