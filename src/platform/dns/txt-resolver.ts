import { Resolver } from 'node:dns/promises';
import { Injectable } from '@nestjs/common';

const timeoutMilliseconds = 3_000;
const mostEntries = 100;

/** The texts of a name, that there are none, or nothing at all for the time being. */
export type DnsAnswer =
  | { readonly kind: 'entries'; readonly texts: readonly string[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'silent' };

/** What DNS says of a name. */
@Injectable()
export abstract class TxtResolver {
  abstract resolve(name: string): Promise<DnsAnswer>;
}

/** By the servers that the operating system names. */
export class DnsTxtResolver extends TxtResolver {
  /** @param servers others than those of the operating system, such as `127.0.0.1:5353` */
  constructor(private readonly servers: readonly string[] = []) {
    super();
  }

  override async resolve(name: string): Promise<DnsAnswer> {
    const resolver = new Resolver({ timeout: timeoutMilliseconds, tries: 1 });
    if (this.servers.length > 0) resolver.setServers(this.servers);
    // One try with each of several servers would be longer than anybody waits.
    const timer = setTimeout(() => resolver.cancel(), timeoutMilliseconds);
    try {
      const entries = await resolver.resolveTxt(name);
      // An entry of more than 255 bytes comes in pieces (RFC 7208, section 3.3).
      return { kind: 'entries', texts: entries.slice(0, mostEntries).map((pieces) => pieces.join('')) };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === 'ENOTFOUND' || code === 'ENODATA' ? { kind: 'none' } : { kind: 'silent' };
    } finally {
      clearTimeout(timer);
    }
  }
}
