/**
 * Connections to what may be called, and to nothing else. An address is judged where it is connected to: a name that led to
 * a public address when the webhook was registered may lead to a private one by now (DNS rebinding).
 */
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { buildConnector } from 'undici';
import type { NameLookup } from './name-lookup.ts';
import { type AddressRules, callableAddresses, mayBeCalled } from './webhook-address.ts';

export type ConnectCode = 'NAME' | 'ADDRESS_REFUSED' | 'CONNECTION' | 'TLS' | 'TIMEOUT';

/** Why there is no connection, as a code alone: what the system says of it holds names and addresses. */
export class ConnectFailure extends Error {
  readonly code: ConnectCode;

  constructor(code: ConnectCode) {
    super(code);
    this.code = code;
  }
}

/** Before the next address of a name is tried. Node's 250 ms are too few for a receiver that is far away. */
const NEXT_ADDRESS_AFTER_MS = 1_000;

export function createConnector(rules: AddressRules, lookup: NameLookup, timeoutMs: number): buildConnector.connector {
  const builtFor = (protocol: 'http:' | 'https:') =>
    buildConnector({
      lookup: judgedLookup(protocol, rules, lookup),
      timeout: timeoutMs,
      allowH2: false,
      // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
      rejectUnauthorized: true,
      // Of a resumed session Node does not check again whom the certificate is made out to.
      maxCachedSessions: 0,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
      // The type in undici has either what TCP takes or what TLS takes; its code hands both on.
    } as buildConnector.BuildOptions) as (...args: Parameters<buildConnector.connector>) => Socket;
  const built = { 'http:': builtFor('http:'), 'https:': builtFor('https:') };

  return (options, callback) => {
    const { hostname, protocol } = options;
    // An address in the URL is not looked up, so nothing else judges it.
    if (isIP(hostname) !== 0 && !mayBeCalled(hostname, protocol, rules)) {
      process.nextTick(callback, new ConnectFailure('ADDRESS_REFUSED'), null);
      return;
    }
    let isReached = false;
    const socket = built[protocol === 'https:' ? 'https:' : 'http:'](options, (error, connected) => {
      if (error === null) callback(null, connected);
      else callback(new ConnectFailure(codeOf(error, protocol, isReached)), null);
    });
    socket.once('connect', () => {
      isReached = true;
    });
    // By which undici calls an attempt off that nobody waits for any more.
    return socket;
  };
}

/** What is connected to is the very answer that was judged. */
function judgedLookup(protocol: string, rules: AddressRules, lookup: NameLookup): LookupFunction {
  return async (hostname, options, callback) => {
    const found = await callableAddresses(hostname, protocol, rules, lookup);
    if (typeof found === 'string') callback(new ConnectFailure(found), []);
    else if (options.all) callback(null, [...found]);
    else callback(null, found[0]!.address, found[0]!.family);
  };
}

function codeOf(error: Error, protocol: string, isReached: boolean): ConnectCode {
  if (error instanceof ConnectFailure) return error.code;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return 'TIMEOUT';
  // There is a connection, so it is the handshake that failed.
  return protocol === 'https:' && isReached ? 'TLS' : 'CONNECTION';
}
