import { BlockList, isIP } from 'node:net';

/** Of the addresses that are anybody's on the internet, those that are not: RFC 6890 and the registries after it. */
const special4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
/** What is not in here is nobody's (RFC 4291, section 2.4), addresses that stand for IPv4 ones among it. */
const global6 = '2000::/3';
const special6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** Ranges such as `10.0.0.0/8`, and single addresses. @throws Error for what is none */
export function rangesOf(texts: readonly string[]): BlockList {
  const ranges = new BlockList();
  for (const text of texts) {
    const [address = '', prefix] = text.split('/');
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    const bits = prefix === undefined ? most : Number(prefix);
    if (family === 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) || bits > most)
      throw new Error(`${text} is no range of addresses, such as 10.0.0.0/8`);
    ranges.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
  return ranges;
}

const [specials4, globals6, specials6] = [rangesOf(special4), rangesOf([global6]), rangesOf(special6)];

/** Whether a request of ours may go to that address. @param allowed ranges that the operator opened, private or not */
export function isReachable(address: string, allowed: BlockList): boolean {
  const family = isIP(address);
  if (family === 4) return allowed.check(address, 'ipv4') || !specials4.check(address, 'ipv4');
  if (family !== 6) return false;
  if (allowed.check(address, 'ipv6')) return true;
  return globals6.check(address, 'ipv6') && !specials6.check(address, 'ipv6');
}
