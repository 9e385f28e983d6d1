/** A request for each operation that would work with the caller's own things; tests spoil one thing in it. */
import type { Operation } from '../../src/contract/operation.ts';
import { demandsVersion } from '../../src/contract/operation.ts';
import type { Input } from '../support/both-doors.ts';
import type { Partner } from '../support/exchange.ts';
import type { Agency } from '../walls/scenes.ts';
import { type Things, withOwnIds } from './world.ts';

/** Whether it takes a caller that is the admin of the exchange. */
export const isForAdminAlone = ({ scopes }: Operation): boolean => scopes.every((scope) => scope === 'exchange:admin');
export const isForAgenciesAlone = ({ scopes }: Operation): boolean => !scopes.includes('exchange:admin');

/** Who may call it at all. */
export const callerOf = (operation: Operation, own: Agency): Partner => (isForAdminAlone(operation) ? 'admin' : own);

/** What it acts upon that the caller received, rather than sent. */
const BY_RECIPIENT = /^(accept|reject|progress|hold|answer|close)Forwarding$/;

/** The operation's example about the caller's own things. */
export function ownRequest(operation: Operation, own: Things, partner: Agency): Input {
  const mine = BY_RECIPIENT.test(operation.id) ? { ...own, forwarding: own.received } : own;
  const example = withOwnIds(operation.example, mine, partner);
  const params = example.params && { params: example.params };
  if (operation.params && 'clientId' in operation.params.shape && 'agencyId' in operation.params.shape) {
    Object.assign(params!.params, { clientId: own.system });
  }
  if (params?.params && 'agencyId' in params.params && !isForAdminAlone(operation)) params.params.agencyId = own.agency;
  const body = example.body as Record<string, unknown> | undefined;
  if (demandsVersion(operation) && BY_RECIPIENT.test(operation.id)) body!.expectedVersion = own.version;
  return {
    ...params,
    ...(example.query && { query: example.query as Record<string, unknown> }),
    ...(body && { body }),
  };
}
