/** Which addresses may be called, and how a URL can hide one that may not. */
import fc from 'fast-check';
import {
  type AddressRules,
  callableUrl,
  isAddressAllowed,
  isInAllowedNetwork,
  isNetwork,
  urlFault,
} from '../../src/delivery/webhook-address.ts';
import { t } from '../support/t.ts';

const PUBLIC_ONLY: AddressRules = { allowed: [] };
const PUBLIC = '93.184.215.14';
const PUBLIC_V6 = '2606:2800:21f:cb07:6820:80da:af6b:8b2c';

const found = (...addresses: string[]) => {
  const asked: string[] = [];
  const lookup = async (name: string) => {
    asked.push(name);
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  return { lookup, asked };
};
const notFound = async () => {
  throw Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' });
};

t.test('public addresses may be called', async (t) => {
  const addresses = [PUBLIC, '1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '172.15.255.255'];
  addresses.push('172.32.0.0', '192.167.255.255', '192.169.0.0', '223.255.255.255', '169.253.255.255', '198.20.0.0');
  addresses.push(PUBLIC_V6, '2a00:1450:4001:829::200e', '::ffff:93.184.215.14', '64:ff9b::93.184.215.14');
  for (const address of addresses) t.ok(isAddressAllowed(address, PUBLIC_ONLY), address);
});

t.test('all others may not', async (t) => {
  const rows: [string, readonly string[]][] = [
    ['private', ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255']],
    ['loopback', ['127.0.0.1', '127.255.255.255', '::1']],
    ['link-local, and with it the metadata of clouds', ['169.254.169.254', '169.254.0.0', 'fe80::1', 'febf::1']],
    ['link-local with a zone', ['fe80::1%eth0', '::1%1']],
    ['carrier-grade NAT', ['100.64.0.0', '100.127.255.255', '100.100.100.200']],
    ['multicast', ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1']],
    ['unspecified', ['0.0.0.0', '0.1.2.3', '::']],
    ['broadcast and reserved', ['255.255.255.255', '240.0.0.1', '192.0.0.8']],
    ['documentation', ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1']],
    ['benchmarking', ['198.18.0.1', '198.19.255.255', '2001:2::1']],
    ['unique-local and site-local', ['fc00::1', 'fd00:ec2::254', 'fdff::1', 'fec0::1']],
    ['discard, segment routing, what IANA has not given out', ['100::1', '5f00::1', '4000::1', 'a::1']],
    ['IPv4-mapped', ['::ffff:127.0.0.1', '::ffff:a00:1', '::ffff:169.254.169.254', '0:0:0:0:0:ffff:7f00:1']],
    ['IPv4-compatible', ['::127.0.0.1', '::7f00:1', '::10.0.0.1', '::93.184.215.14']],
    ['IPv4-translated (RFC 2765)', ['::ffff:0:127.0.0.1', '::ffff:0:a00:1']],
    ['NAT64', ['64:ff9b::127.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b::10.0.0.1', '64:ff9b:1::10.0.0.1']],
    ['6to4', ['2002:7f00:1::', '2002:a00:1::1', '2002:a9fe:a9fe::']],
    ['Teredo', ['2001::1', '2001:0:5db8:d70e:0:0:80ff:fffe']],
    ['ISATAP', ['2606:2800::5efe:10.0.0.1', '2606:2800::200:5efe:7f00:1']],
    ['relays and black holes', ['192.88.99.1', '192.175.48.1', '192.31.196.1', '192.52.193.1', '2620:4f:8000::1']],
    ['no address at all', ['', 'localhost', '127.1', '2130706433', '0x7f.0.0.1', '010.0.0.1', '1.2.3.4 ', '[::1]']],
  ];
  for (const [kind, addresses] of rows) {
    for (const address of addresses) t.notOk(isAddressAllowed(address, PUBLIC_ONLY), `${kind}: ${address}`);
  }
});

t.test('no form of IPv6 hides an IPv4 address that may not be called', async (t) => {
  const hex = (high: number, low: number) => ((high << 8) | low).toString(16);
  const forms: ((a: number, b: number, c: number, d: number) => string)[] = [
    (a, b, c, d) => `::ffff:${a}.${b}.${c}.${d}`,
    (a, b, c, d) => `::ffff:${hex(a, b)}:${hex(c, d)}`,
    (a, b, c, d) => `::${hex(a, b)}:${hex(c, d)}`,
    (a, b, c, d) => `64:ff9b::${hex(a, b)}:${hex(c, d)}`,
    (a, b, c, d) => `2002:${hex(a, b)}:${hex(c, d)}::1`,
    (a, b, c, d) => `2001::${hex(a ^ 255, b ^ 255)}:${hex(c ^ 255, d ^ 255)}`,
  ];
  const octet = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(octet, octet, octet, octet, fc.constantFrom(...forms), (a, b, c, d, form) => {
      const hides = !isAddressAllowed(`${a}.${b}.${c}.${d}`, PUBLIC_ONLY);
      return !hides || !isAddressAllowed(form(a, b, c, d), PUBLIC_ONLY);
    }),
    { numRuns: 3_000 },
  );
  t.pass();
});

t.test('what the operator allows may be called, and nothing beside it', async (t) => {
  const rules: AddressRules = { allowed: ['10.1.0.0/16', '127.0.0.1/32', 'fd00:1::/32'] };
  for (const address of ['10.1.0.0', '10.1.255.255', '127.0.0.1', '::ffff:10.1.2.3', 'fd00:1::1', PUBLIC]) {
    t.ok(isAddressAllowed(address, rules), address);
  }
  for (const address of [
    '10.0.255.255',
    '10.2.0.0',
    '127.0.0.2',
    'fd00:2::1',
    '::1',
    '64:ff9b::10.1.2.3',
    '::10.1.2.3',
  ]) {
    t.notOk(isAddressAllowed(address, rules), address);
  }
  t.notOk(isInAllowedNetwork(PUBLIC, rules), 'a public address lies in none of them');
  t.ok(isAddressAllowed('64:ff9b::10.1.2.3', { allowed: ['64:ff9b::/96'] }), 'behind a NAT64 of its own');
});

t.test('a network that is not one is noticed, and allows nothing', async (t) => {
  for (const network of ['10.0.0.0/8', '10.1.2.3/32', '0.0.0.0/0', 'fd00::/8', '::1/128'])
    t.ok(isNetwork(network), network);
  const wrong = ['10.0.0.0', '10/8', '10.1/16', '010.0.0.0/8', '10.0.0.0/33', '::/129', '10.0.0.0/-1', '10.0.0.0/8/8'];
  wrong.push('', '/8', 'localhost/8', '::ffff:10.0.0.0/104', ' 10.0.0.0/8', 'fe80::1%eth0/64', '10.0.0.0/255.0.0.0');
  for (const network of wrong) {
    t.notOk(isNetwork(network), network);
    t.notOk(isAddressAllowed('10.0.0.1', { allowed: [network] }), network);
  }
});

t.test('a URL with a public name may be called', async (t) => {
  const urls = [
    'https://hooks.example.org/laufzettel',
    'https://hooks.example.org:8443/a/b?c=%20d',
    'HTTPS://Example.org',
  ];
  urls.push('https://bücher.example.org/', `https://example.org/${'a'.repeat(480)}`);
  for (const url of urls) {
    const { lookup, asked } = found(PUBLIC, PUBLIC_V6);
    t.equal(await urlFault(url, PUBLIC_ONLY, lookup), null, url);
    t.same(asked, [new URL(url).hostname], 'the name is looked up once');
  }
  t.equal(await urlFault(`https://${PUBLIC}/`, PUBLIC_ONLY, notFound), null, 'an address is not looked up');
  t.equal(await urlFault(`https://[${PUBLIC_V6}]:8443/`, PUBLIC_ONLY, notFound), null);
});

t.test('a URL that is not to be called says what is wrong, before anything is looked up', async (t) => {
  const rows: [string, RegExp][] = [
    [`https://example.org/${'a'.repeat(481)}`, /at most 500 characters/],
    ['ftp://example.org/', /begin with https/],
    ['javascript:alert(1)', /begin with https/],
    ['file:///etc/passwd', /begin with https/],
    ['example.org', /begin with https/],
    ['', /begin with https/],
    ['https:example.org', /begin with https/],
    ['https:///example.org', /begin with https/],
    ['https://user:secret@example.org/', /user name/],
    ['https://user@example.org/', /user name/],
    ['https://@example.org/', /user name/],
    ['https://example.org@127.0.0.1/', /user name/],
    ['https://example.org/#top', /fragment/],
    ['https://example.org/#', /fragment/],
    ['https://exa mple.org/', /spaces/],
    [' https://example.org/', /spaces/],
    ['https://example.org/\n', /spaces/],
    ['https://exam\tple.org/', /spaces/],
    ['https://127.0.0.1\\@example.org/', /backslashes/],
    ['https://exam\u200bple.org/', /invisible/],
    ['https://example.org:99999/', /not a URL/],
    ['https://example.org:0/', /not a URL/],
    ['https://[::1/', /not a URL/],
    ['https://[fe80::1%25eth0]/', /not a URL/],
    ['https://256.256.256.256/', /not a URL/],
    ['https://exa<mple.org/', /not a URL/],
    ['https://example.org./', /full stop/],
    ['https://localhost./', /full stop/],
  ];
  for (const [url, sentence] of rows) {
    const { lookup, asked } = found(PUBLIC);
    t.match(await urlFault(url, PUBLIC_ONLY, lookup), sentence, JSON.stringify(url));
    t.same(asked, [], 'nothing was looked up');
    t.equal(callableUrl(url), null);
  }
});

t.test('an address in an odd spelling is the address that it is', async (t) => {
  const hosts = [
    '127.0.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '127.0.0.1.',
    '127。0。0。1',
  ];
  hosts.push('１２７.0.0.1', '%31%32%37.0.0.1', '[::1]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]');
  hosts.push('[64:ff9b::7f00:1]', '[2002:7f00:1::]', '169.254.169.254', '0', '0.0.0.0', '[::]', '10.1', '[fd00::1]');
  for (const host of hosts) {
    const { lookup, asked } = found(PUBLIC);
    t.match(await urlFault(`https://${host}/`, PUBLIC_ONLY, lookup), /not a public one/, host);
    t.same(asked, [], 'it is no name');
  }
  for (const host of ['127.0.0.1', '2130706433', '127.1', '[::ffff:7f00:1]']) {
    t.equal(await urlFault(`https://${host}/`, { allowed: ['127.0.0.0/8'] }, notFound), null, `${host}, allowed`);
  }
});

t.test('a name may be called when all its addresses may', async (t) => {
  const url = 'https://hooks.example.org/';
  const rows: [readonly string[], AddressRules, boolean][] = [
    [[PUBLIC], PUBLIC_ONLY, true],
    [[PUBLIC, '10.0.0.1'], PUBLIC_ONLY, false],
    [['10.0.0.1', PUBLIC], PUBLIC_ONLY, false],
    [[PUBLIC_V6, '::1'], PUBLIC_ONLY, false],
    [[PUBLIC, '10.0.0.1'], { allowed: ['10.0.0.0/8'] }, true],
    [['127.0.0.1', '::1'], { allowed: ['127.0.0.0/8'] }, false],
    [[], PUBLIC_ONLY, false],
  ];
  for (const [addresses, rules, mayBeCalled] of rows) {
    const fault = await urlFault(url, rules, found(...addresses).lookup);
    t.equal(fault === null, mayBeCalled, `${addresses.join(' and ') || 'no address'}, allowed ${rules.allowed}`);
  }
});

t.test('a name not found and one that leads inside sound alike, and no sentence says an address', async (t) => {
  const inside = await urlFault('https://db.intranet.example/', PUBLIC_ONLY, found('10.0.0.1').lookup);
  t.equal(await urlFault('https://nothing.intranet.example/', PUBLIC_ONLY, notFound), inside);
  t.notMatch(inside, /10\.0\.0\.1|intranet/);
});

t.test('http is for networks that the operator has allowed', async (t) => {
  const rules: AddressRules = { allowed: ['10.0.0.0/8'] };
  const url = 'http://hooks.example.org/';
  t.equal(await urlFault(url, rules, found('10.0.0.1', '10.0.0.2').lookup), null);
  t.equal(await urlFault('http://10.0.0.1:8080/', rules, notFound), null);
  t.match(await urlFault(url, rules, found(PUBLIC).lookup), /use https/);
  t.match(await urlFault(url, rules, found('10.0.0.1', PUBLIC).lookup), /use https/);
  t.match(await urlFault(url, rules, notFound), /use https/);
  t.match(await urlFault(`http://${PUBLIC}/`, rules, notFound), /use https/);
  t.match(await urlFault('http://127.0.0.1/', rules, notFound), /use https/);
});

t.test('names of this machine are looked up as the system does, and refused', async (t) => {
  t.match(await urlFault('https://localhost/', PUBLIC_ONLY), /not a public one/);
  t.match(await urlFault('https://LOCALHOST:8443/', PUBLIC_ONLY), /not a public one/);
  t.match(await urlFault('https://nothing.invalid/', PUBLIC_ONLY), /is not found/);
});
