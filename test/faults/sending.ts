/** Faults in sending webhooks: where a request of ours may be sent to, and what its receiver can tell by it. */
import type { Fault } from './fault.ts';

const ADDRESS = 'test/delivery/webhook-address.test.ts';
const CONNECTOR = 'test/delivery/webhook-connector.test.ts';
const SENDER = 'test/delivery/webhook-sender.test.ts';
const SIGNATURE = 'test/delivery/webhook-signature.test.ts';

const WHERE_TO: Fault[] = [
  {
    name: 'an address in the URL is not judged when it is connected to',
    changes: [
      { file: 'src/delivery/webhook-connector.ts', find: 'if (isIP(hostname) !== 0 &&', replace: 'if (false &&' },
    ],
    checks: [CONNECTOR],
  },
  {
    name: 'one good address is enough for a name',
    changes: [{ file: 'src/delivery/webhook-address.ts', find: 'addresses.every(', replace: 'addresses.some(' }],
    checks: [ADDRESS],
  },
  {
    name: 'a message is sent in clear to a public address',
    changes: [
      {
        file: 'src/delivery/webhook-address.ts',
        find: "return protocol === 'https:' ? isAddressAllowed",
        replace: 'return protocol ? isAddressAllowed',
      },
    ],
    checks: [ADDRESS],
  },
  {
    name: 'an IPv4-compatible address is taken for the IPv4-mapped one',
    changes: [
      {
        file: 'src/delivery/webhook-address.ts',
        find: 'ipaddr.process(isIP(address) === 6 ? withoutBrackets(new URL(`http://[${address}]`).hostname) : address)',
        replace: 'ipaddr.process(address)',
      },
    ],
    checks: [ADDRESS],
  },
  {
    name: 'NAT64 hides a private address',
    changes: [
      { file: 'src/delivery/webhook-address.ts', find: 'return isPublic(lastIPv4(parts));', replace: 'return true;' },
    ],
    checks: [ADDRESS],
  },
  {
    name: 'a user name in a URL is overlooked',
    changes: [
      {
        file: 'src/delivery/webhook-address.ts',
        find: 'isIn: (text) => /^https?:\\/\\/[^/?#]*@/i.test(text)',
        replace: 'isIn: () => false',
      },
    ],
    checks: [ADDRESS],
  },
];

const WITH_WHOM: Fault[] = [
  {
    name: 'the environment can switch the checking of certificates off',
    changes: [{ file: 'src/delivery/webhook-connector.ts', find: '      rejectUnauthorized: true,\n', replace: '' }],
    checks: [CONNECTOR],
  },
  {
    name: 'a session is resumed without looking whose certificate it was',
    changes: [
      { file: 'src/delivery/webhook-connector.ts', find: 'maxCachedSessions: 0', replace: 'maxCachedSessions: 100' },
    ],
    checks: [CONNECTOR],
  },
  {
    name: 'a body is read for as long as it comes',
    changes: [{ file: 'src/delivery/webhook-sender.ts', find: 'limit: MAX_ANSWER_BYTES,', replace: 'limit: 2 ** 50,' }],
    checks: [SENDER],
  },
  {
    name: 'while keys are changed, only the new ones sign',
    changes: [
      {
        file: 'src/delivery/webhook-signature.ts',
        find: 'keys.flatMap((pair) => [',
        replace: 'keys.slice(0, 1).flatMap((pair) => [',
      },
    ],
    checks: [SIGNATURE],
  },
];

export const FAULTS_OF_SENDING: readonly Fault[] = [...WHERE_TO, ...WITH_WHOM];
