/** Transactions that may end disclosures: lock, look, decide, write. */
import type { Closing, ClosingTransaction, LockedErasure, LockedPersons } from '../usecases/ports.ts';
import { agreementTransaction } from './agreement-store.ts';
import { auditStore } from './audit-store.ts';
import { conferenceTransaction } from './conference-store.ts';
import { consentTextTransaction } from './consent-text-store.ts';
import { correctionTransaction } from './correction-store.ts';
import type { Caller, Database } from './database.ts';
import { addEntries } from './entry-store.ts';
import { forwardingTransaction, stepForwarding } from './forwarding-store.ts';
import { endLaufzettel } from './laufzettel-store.ts';
import { linkingTransaction } from './linking-store.ts';
import type { KnownNetwork } from './network.ts';
import { planTransaction } from './plan-store.ts';
import { settleProposal } from './proposal-store.ts';
import { bytes, only } from './read-json.ts';
import { requestTransaction } from './request-store.ts';

type LockedClient = NonNullable<Awaited<ReturnType<ClosingTransaction['lockClient']>>>;
type LockedForwarding = NonNullable<Awaited<ReturnType<ClosingTransaction['lockForwarding']>>>;

export function closing(database: Database, known: KnownNetwork): Closing {
  return { run: (work) => database.transaction((tx) => work(closingTransaction(tx, known))) };
}

function closingTransaction(tx: Caller, known: KnownNetwork): ClosingTransaction {
  const one = async <T>(name: string, text: string, values: unknown[]): Promise<T> =>
    only(await tx.call<{ found: T }>(name, text, values)).found;
  return {
    ...agreementTransaction(tx),
    ...linkingTransaction(tx),
    ...consentTextTransaction(tx),
    lockClient: async (actor, clientId, named) => {
      type Json = Omit<LockedClient, 'wrapped'> & { wrapped: string | null };
      const found = await one<Json | null>('lock_client', 'SELECT api.lock_client($1, $2, $3) AS found', [
        actor,
        clientId,
        named,
      ]);
      return found && { ...found, wrapped: found.wrapped === null ? null : bytes(found.wrapped) };
    },
    lockForwarding: (actor, id) =>
      one<LockedForwarding | null>('lock_forwarding', 'SELECT api.lock_forwarding($1, $2) AS found', [actor, id]),
    lockErasure: (actor, clientId) =>
      one<LockedErasure | null>('lock_erasure', 'SELECT api.lock_erasure($1, $2) AS found', [actor, clientId]),
    eraseClient: async (actor, clientId, at, counts) => {
      await tx.call('erase_client', 'SELECT api.erase_client($1, $2, $3, $4)', [actor, clientId, at, counts]);
    },
    changeAgency: (actor, id, change) =>
      one('change_agency', 'SELECT api.change_agency($1, $2, $3) AS found', [actor, id, change]),
    lockPersonsOfAgency: (id) => one('lock_persons_of_agency', 'SELECT api.lock_persons_of_agency($1) AS found', [id]),
    lockPersonsOfEnded: (most) => one('lock_persons_of_ended', 'SELECT api.lock_persons_of_ended($1) AS found', [most]),
    review: (persons) => one<LockedPersons>('review_persons', 'SELECT api.review_persons($1) AS found', [persons]),
    recordStatement: async (actor, statement, evidence) => {
      await tx.call('record_statement', 'SELECT api.record_statement($1, $2, $3)', [actor, statement, evidence]);
    },
    recordRelease: async (actor, release, evidence) => {
      await tx.call('record_release', 'SELECT api.record_release($1, $2, $3)', [actor, release, evidence]);
    },
    settleProposal: settleProposal(tx),
    note: auditStore(tx).note,
    lockLaufzettel: (actor, id) =>
      one<LockedPersons | null>('lock_laufzettel', 'SELECT api.lock_laufzettel($1, $2) AS found', [actor, id]),
    step: stepForwarding(tx),
    endLaufzettel: endLaufzettel(tx),
    ...correctionTransaction(tx),
    ...requestTransaction(tx),
    ...conferenceTransaction(tx),
    ...planTransaction(tx),
    addEntries: addEntries(tx),
    forwarding: forwardingTransaction(tx, known),
    applyReview: async (actor, review) => {
      const close = review.close.map(({ id, at }) => ({ id, at }));
      await tx.call('apply_review', 'SELECT api.apply_review($1, $2)', [actor, { ...review, close }]);
    },
  };
}
