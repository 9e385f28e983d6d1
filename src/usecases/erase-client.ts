/**
 * Erasing a client: the data key of the agency's own handle is destroyed, so what was written under it cannot be read any
 * more, by anybody, in no copy of the database. What it disclosed closes in the same transaction, with all that hangs on it.
 *
 * What was said and who received what stays as metadata, for the person's right of access and as proof (Art. 5(2), 15 GDPR).
 */
import { type Problem, problem } from '../domain/problem.ts';
import { reviewRows } from '../domain/review.ts';
import { type Answer, agencyOf, notFound } from './answer.ts';
import {
  type Actor,
  type ClosingTransaction,
  type Deps,
  type Effect,
  type Erasure,
  type ErasureLedger,
  LedgerUnusable,
  type LockedErasure,
} from './ports.ts';
import { applyReview, openRows, reviewedBy, rowsOf } from './review-persons.ts';

export interface ErasedClient {
  clientId: string;
  erasedAt: number;
  entriesErased: number;
  disclosuresClosed: number;
}

export async function eraseClient(
  deps: Deps,
  actor: Actor,
  clientId: string,
  confirm: boolean,
): Promise<Answer<ErasedClient>> {
  agencyOf(actor);
  return deps.closing.run<Answer<ErasedClient>>(async (tx) => {
    const locked = await tx.lockErasure(actor, clientId);
    if (locked === null) return { commit: false, value: notFound('client') };
    if (locked.erased) {
      return { commit: false, value: problem('conflict', 'What you wrote about this client has been erased already.') };
    }
    const counts = await erase(tx, actor, clientId, locked);
    if (!confirm) return { commit: false, value: confirmationOf(counts.entriesErased, counts.disclosuresClosed) };
    const refused = await recorded(deps.erasures, { clientId, at: locked.at });
    if (refused !== null) return { commit: false, value: refused };
    return { commit: true, value: { clientId, erasedAt: locked.at, ...counts } };
  });
}

/** What the ledger writes to the audit as, when it erases again what a restored backup has brought back. */
const LEDGER: Actor = { agency: null, system: 'erasure-ledger', caseworker: null };

/**
 * Erases again what the ledger names and the database still holds; before the service listens.
 *
 * @returns how many handles that were.
 */
export async function applyErasures(deps: Deps): Promise<number> {
  const recorded = await deps.erasures.all();
  const kept = await deps.clients.keptKeys([...new Set(recorded.map((erasure) => erasure.clientId))]);
  for (const clientId of kept) {
    await deps.closing.run(async (tx) => {
      const locked = await tx.lockErasure(LEDGER, clientId);
      // Another instance that starts at the same moment may have been faster.
      if (locked !== null && !locked.erased) await erase(tx, LEDGER, clientId, locked);
      return { commit: true, value: null };
    });
  }
  return kept.length;
}

type Counts = Pick<ErasedClient, 'entriesErased' | 'disclosuresClosed'>;

async function erase(tx: ClosingTransaction, actor: Actor, clientId: string, locked: LockedErasure): Promise<Counts> {
  const review = reviewRows(openRows(locked), locked.facts, locked.at, locked.ofClient);
  const disclosuresClosed = rowsOf(actor.agency, reviewedBy(locked, review).closed).length;
  const counts = { entriesErased: locked.entriesUnder, disclosuresClosed };
  await tx.eraseClient(actor, clientId, locked.at, counts);
  await applyReview(tx, actor, locked, review, 'ERASURE');
  return counts;
}

/** An erasure that was done before, as it was told then. */
export function erasedBefore({ subject, at }: Effect): ErasedClient {
  const { client, ...counts } = subject as unknown as Counts & { client: string };
  return { clientId: client, erasedAt: at, ...counts };
}

/**
 * On disk before the transaction commits: a crash between the two must not leave an erasure that a backup would undo. A line
 * whose transaction then does not commit does no harm: the agency has confirmed that it wants just this, and it is done at
 * the next start.
 */
async function recorded(ledger: ErasureLedger, erasure: Erasure): Promise<Problem | null> {
  try {
    await ledger.record(erasure);
    return null;
  } catch (error) {
    if (!(error instanceof LedgerUnusable)) throw error;
    return problem(
      'overloaded',
      'Nothing was erased: the ledger of erasures cannot be written, and without it a backup would bring the data back. The operator of the exchange has to see to it; try again later.',
      { extra: { retryAfterSeconds: RETRY_AFTER_SECONDS } },
    );
  }
}

const RETRY_AFTER_SECONDS = 300;

function confirmationOf(entries: number, disclosures: number): Problem {
  return problem(
    'confirmation-required',
    `This would make ${entries} of your entries about this client unreadable for good, with your file reference and the evidence of consents recorded under it, and close ${disclosures} disclosures that you made, received, or wrote the entry of. Nothing has happened yet. Send the request again with "confirm": true to do it; nobody can undo it.`,
    { extra: { confirmWith: { confirm: true }, entriesErased: entries, disclosuresClosed: disclosures } },
  );
}
