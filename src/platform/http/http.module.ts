import { Global, Module } from '@nestjs/common';
import { FormGuard } from './html/form-guard.js';
import { Idempotency } from './idempotency.js';
import { Cursors } from './lists.js';
import { PublicAddresses } from './public-addresses.js';
import { SessionCookies } from './session-cookies.js';

/** What every route needs of HTTP. */
@Global()
@Module({
  providers: [PublicAddresses, SessionCookies, FormGuard, Cursors, Idempotency],
  exports: [PublicAddresses, SessionCookies, FormGuard, Cursors, Idempotency],
})
export class HttpModule {}
