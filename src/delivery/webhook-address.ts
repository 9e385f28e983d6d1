/**
 * Which addresses may be called. An agency says where its webhook is, and we stand where others cannot: beside the
 * database, the metadata service of a cloud, an intranet. So what is called is public, or the operator has allowed it.
 */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type FoundAddress, lookUpName, type NameLookup } from './name-lookup.ts';

export interface AddressRules {
  /** CIDR networks that are private on purpose, from the setting WEBHOOK_ALLOWED_NETWORKS. */
  readonly allowed: readonly string[];
}

export type AddressFault = 'NAME' | 'ADDRESS_REFUSED';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const MAX_CHARACTERS = 500;

/** What a URL itself can have wrong, in the order in which it is said. */
const FAULTS: readonly { detail: string; isIn: (text: string, url: URL | null) => boolean }[] = [
  { detail: `The URL may have at most ${MAX_CHARACTERS} characters.`, isIn: (text) => text.length > MAX_CHARACTERS },
  {
    // The parser drops tabs and line breaks and reads \ as /: whoever looks at such a URL reads another than we call.
    detail: 'The URL must not hold spaces, backslashes or invisible characters.',
    isIn: (text) => /[\s\\\p{C}]/u.test(text),
  },
  {
    detail: 'The URL must begin with https:// and a name or an address.',
    isIn: (text) => !/^https?:\/\/[^/?#]/i.test(text),
  },
  {
    detail: 'The URL must not hold a user name or a password; the signature says who sends.',
    isIn: (text) => /^https?:\/\/[^/?#]*@/i.test(text),
  },
  { detail: 'The URL must not have a fragment, which begins with #.', isIn: (text) => text.includes('#') },
  { detail: 'This is not a URL that can be called.', isIn: (_text, url) => url === null || url.port === '0' },
  {
    // No certificate is made out to a name written so (RFC 6066, 3).
    detail: 'The name in the URL must not end with a full stop.',
    isIn: (_text, url) => url!.hostname.endsWith('.'),
  },
];

/** A name not found and one that leads inside sound alike: nobody can ask us which names an intranet has. */
const REFUSED = {
  http: {
    detail:
      'http:// is possible only where the name is found and all its addresses lie in networks that the operator has allowed; use https://.',
  },
  address: { detail: 'The address is not a public one, and the operator has not allowed its network.' },
  name: {
    detail:
      'The name is not found, or one of its addresses is not a public one and the operator has not allowed its network.',
  },
};

/** null: may be called. Otherwise what is wrong, a sentence for the one who registers it. Looks the name up. */
export async function urlFault(
  text: string,
  rules: AddressRules,
  lookup: NameLookup = lookUpName,
): Promise<string | null> {
  const url = URL.parse(text);
  const fault = FAULTS.find(({ isIn }) => isIn(text, url));
  if (fault) return fault.detail;
  const { hostname, protocol } = url!;
  if (typeof (await callableAddresses(hostname, protocol, rules, lookup)) !== 'string') return null;
  if (protocol === 'http:') return REFUSED.http.detail;
  return (isIP(withoutBrackets(hostname)) ? REFUSED.address : REFUSED.name).detail;
}

/** A URL as urlFault lets it pass, before its name is looked up; null: another. */
export function callableUrl(text: string): URL | null {
  const url = URL.parse(text);
  return FAULTS.some(({ isIn }) => isIn(text, url)) ? null : url;
}

/** The addresses behind a name, or the address itself. All of them may be called, or none is. */
export async function callableAddresses(
  hostname: string,
  protocol: string,
  rules: AddressRules,
  lookup: NameLookup,
): Promise<readonly FoundAddress[] | AddressFault> {
  const host = withoutBrackets(hostname);
  const family = isIP(host);
  const addresses = family ? [{ address: host, family }] : await lookup(host).catch(() => []);
  if (addresses.length === 0) return 'NAME';
  return addresses.every(({ address }) => mayBeCalled(address, protocol, rules)) ? addresses : 'ADDRESS_REFUSED';
}

/** By this protocol: what is sent in clear stays in networks that the operator knows. */
export function mayBeCalled(address: string, protocol: string, rules: AddressRules): boolean {
  return protocol === 'https:' ? isAddressAllowed(address, rules) : isInAllowedNetwork(address, rules);
}

export function isAddressAllowed(address: string, rules: AddressRules): boolean {
  const parsed = parse(address);
  return parsed !== null && (isPublic(parsed) || isWithin(parsed, rules));
}

export function isInAllowedNetwork(address: string, rules: AddressRules): boolean {
  const parsed = parse(address);
  return parsed !== null && isWithin(parsed, rules);
}

/** Whether AddressRules understand it: `10.1.0.0/16`, `fd00:1::/32`. What they do not understand allows nothing. */
export function isNetwork(text: string): boolean {
  return parseNetwork(text) !== null;
}

/** IPv4-mapped addresses (`::ffff:10.0.0.1`) are IPv4 to the system that calls them, and so they are here. */
function parse(address: string): Address | null {
  // A zone (fe80::1%eth0) belongs to a link of this machine.
  if (isIP(address) === 0 || address.includes('%')) return null;
  // As the URL parser writes it: ipaddr.js takes ::10.0.0.1 for the mapped address, which is another.
  return ipaddr.process(isIP(address) === 6 ? withoutBrackets(new URL(`http://[${address}]`).hostname) : address);
}

function parseNetwork(text: string): [Address, number] | null {
  const [, address, bits] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const parsed = address === undefined ? null : parse(address);
  if (parsed === null || (parsed.kind() === 'ipv4') !== (isIP(address!) === 4)) return null;
  return Number(bits) <= (parsed.kind() === 'ipv4' ? 32 : 128) ? [parsed, Number(bits)] : null;
}

function isWithin(address: Address, rules: AddressRules): boolean {
  return rules.allowed
    .map(parseNetwork)
    .some((network) => network !== null && network[0].kind() === address.kind() && address.match(network));
}

/** `unicast` is what ipaddr.js calls all that no registry has set apart. */
function isPublic(address: Address): boolean {
  if (address.kind() === 'ipv4') return address.range() === 'unicast';
  const { parts } = address as ipaddr.IPv6;
  // What a NAT64 of the network we stand in (RFC 6052, 2.1) reaches is the IPv4 address at the end.
  if (address.match(ipaddr.parseCIDR('64:ff9b::/96'))) return isPublic(lastIPv4(parts));
  // Only 2000::/3 has been given out by IANA. The end of an ISATAP address (RFC 5214, 6.1) is an IPv4 address of its site.
  const isIsatap = parts[5] === 0x5efe && (parts[4]! & 0xfdff) === 0;
  return address.range() === 'unicast' && address.match(ipaddr.parseCIDR('2000::/3')) && !isIsatap;
}

function lastIPv4(parts: readonly number[]): ipaddr.IPv4 {
  return new ipaddr.IPv4(parts.slice(6).flatMap((part) => [part >> 8, part & 0xff]));
}

const withoutBrackets = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');
