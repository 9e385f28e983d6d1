/**
 * Minutes of a conference: an entry of one's own on the Laufzettel that was discussed, offered to the other side by an ordinary
 * forwarding with its own check. What is withheld stays with its author, which is told what would be needed.
 *
 * Entry, minutes and forwarding are one transaction: nothing is written that was not decided upon.
 */
import type { Category } from '../domain/catalogue.ts';
import { MOST_MINUTES, takesMinutes } from '../domain/conference.ts';
import type { LaufzettelStatus } from '../domain/laufzettel.ts';
import { type Problem, problem } from '../domain/problem.ts';
import { concernsUnknown } from './add-entry.ts';
import { notNow } from './agenda.ts';
import { type Answer, agencyOf, notFound } from './answer.ts';
import { type DecidedQuestion, decideForwarding, type Withheld } from './decide-forwarding.ts';
import { notOpen } from './end-laufzettel.ts';
import { toSave } from './forward-laufzettel.ts';
import { type ToldNeed, tellNeeded } from './needed-consents.ts';
import { newEntries, type WrittenEntry } from './new-entries.ts';
import {
  type Actor,
  type ClosingTransaction,
  type ConferenceRecord,
  type Deps,
  type LockedConference,
  type NewEntry,
  NotOwnClient,
} from './ports.ts';
import { type JudgedItem, judgeAgenda } from './read-conference.ts';
import { whileStale } from './while-stale.ts';

export interface MinutesInput {
  laufzettelId: string;
  entry: WrittenEntry;
  /** Nothing is written unless it goes to the other side. */
  strict: boolean;
}

export interface RecordedMinutes {
  entryId: string;
  laufzettelId: string;
  /** null: it stays with its author. */
  forwardingId: string | null;
  withheld: Withheld[];
  /** What the kind of the Laufzettel is not sent without, and neither of them has disclosed for the conference. */
  missingCore: readonly Category[];
  needed: ToldNeed[];
}

/** Not written, for it was to go or not to be. */
interface NotWritten {
  decided: DecidedQuestion;
}

export async function recordMinutes(
  deps: Deps,
  actor: Actor,
  conferenceId: string,
  input: MinutesInput,
): Promise<Answer<RecordedMinutes>> {
  const write = () =>
    deps.closing.run<Answer<RecordedMinutes> | NotWritten | 'stale'>((tx) =>
      writeMinutes(deps, tx, actor, conferenceId, input),
    );
  try {
    return await whileStale(deps, async () => {
      const outcome = await write();
      return typeof outcome === 'object' && 'decided' in outcome
        ? refuse(deps, actor, { conferenceId, laufzettelId: input.laufzettelId }, outcome.decided)
        : outcome;
    });
  } catch (error) {
    if (error instanceof NotOwnClient) return concernsUnknown('/entry/concerns');
    throw error;
  }
}

async function writeMinutes(
  deps: Deps,
  tx: ClosingTransaction,
  actor: Actor,
  conferenceId: string,
  { laufzettelId, entry: written, strict }: MinutesInput,
): Promise<{ commit: boolean; value: Answer<RecordedMinutes> | NotWritten | 'stale' }> {
  const locked = await tx.lockConference(actor, conferenceId, { laufzettelId, handles: written.concerns ?? [] });
  if (locked === null) return { commit: false, value: notFound('conference') };
  const prepared = prepare(deps, locked, laufzettelId, written);
  if ('problem' in prepared) return { commit: false, value: prepared };
  const { entry, judged } = prepared;
  await tx.writeMinutes(actor, { conferenceId, laufzettelId, entry, at: locked.at });
  const request = {
    recipient: otherSide(actor, locked.conference),
    // With what both know already: no Laufzettel goes without its core.
    entryIds: [entry.id, ...judged.coreEntries],
    strict,
  };
  const within = { ...deps, forwardings: { ...deps.forwardings, load: tx.forwarding.load } };
  const decided = await decideForwarding(within, actor, laufzettelId, request);
  if ('problem' in decided) return { commit: false, value: decided };
  const goes = !decided.decision.refused && decided.permitted.some((one) => one.entry === entry.id);
  if (strict && !goes) return { commit: false, value: { decided } };
  const saved = goes ? toSave(deps, laufzettelId, decided) : null;
  const {
    withheld,
    decision: { missingCore },
  } = decided;
  const needed = await tellNeeded(deps, actor, decided);
  const minutes = { entryId: entry.id, laufzettelId, forwardingId: saved?.id ?? null, withheld, missingCore, needed };
  const subject = {
    conference: conferenceId,
    laufzettel: laufzettelId,
    entry: entry.id,
    forwarding: minutes.forwardingId,
    withheld: withheld.map(({ entryId, ...why }) => ({ entry: entryId, ...why })),
    missingCore,
    needed,
  };
  await tx.note(actor, 'conference.minutes', goes ? 'PERMIT' : 'OWN', subject, decided.found.at);
  if (saved !== null && (await tx.forwarding.commit(actor, saved)) === 'stale')
    return { commit: false, value: 'stale' };
  return { commit: true, value: minutes };
}

export const otherSide = ({ agency }: Actor, { convener, partner }: ConferenceRecord): string =>
  agency === convener ? partner : convener;

/** The entry as it is to be written, and the item that it is of; or why it may not be. */
function prepare(
  deps: Deps,
  locked: LockedConference,
  laufzettelId: string,
  written: WrittenEntry,
): { entry: NewEntry; judged: JudgedItem } | Problem {
  const judged = discussed(locked, laufzettelId);
  if ('problem' in judged) return judged;
  if (locked.slip !== 'OPEN') return notOpen('ADD', locked.slip as LaufzettelStatus);
  if (judged.item.minutes.filter((one) => one.own).length >= MOST_MINUTES) return tooMany;
  const { clientId, wrapped } = judged.item;
  const client = { id: clientId, wrapped: wrapped!, at: locked.at };
  const entries = newEntries(deps, [written], client, () => '/entry');
  return 'problem' in entries ? entries : { entry: entries[0]!, judged };
}

/** The item of the agenda that this Laufzettel is, at a time when something may come of it; else why not. */
export function discussed(
  locked: LockedConference,
  laufzettelId: string,
  pointer = '/laufzettelId',
): JudgedItem | Problem {
  const { at, conference, slip } = locked;
  if (slip === null) return notFound('Laufzettel');
  if (!takesMinutes(conference, at)) return notNow('RECORD', conference);
  const judged = judgeAgenda(locked).find(
    ({ item, mayBeDiscussed }) => mayBeDiscussed && item.laufzettelId === laufzettelId && item.id !== conference.id,
  );
  return judged ?? notOnAgenda(pointer);
}

const notOnAgenda = (pointer: string): Problem =>
  problem('rule-broken', 'It is not on the agenda, or may not be discussed any more.', {
    errors: [{ pointer, detail: 'no Laufzettel on the agenda' }],
  });

const tooMany = problem('rule-broken', `You have recorded ${MOST_MINUTES} minutes of it already.`);

async function refuse(
  deps: Deps,
  actor: Actor,
  { conferenceId, laufzettelId }: { conferenceId: string; laufzettelId: string },
  decided: DecidedQuestion,
): Promise<Problem> {
  const { recipient, purpose } = decided.question;
  const needed = await tellNeeded(deps, actor, decided);
  // The entry was not written, so there is none to name.
  const withheld = decided.withheld.map(({ category, reasons }) => ({ category, reasons }));
  const told = { withheld, missingCore: decided.decision.missingCore, needed };
  const subject = { conference: conferenceId, laufzettel: laufzettelId, recipient, purpose, ...told };
  await deps.audit.note(actor, 'conference.minutes', 'WITHHOLD', subject, decided.found.at);
  return minutesRefused(actor, { recipient, purpose, ...told });
}

export interface RefusedMinutes {
  recipient: string;
  purpose: string;
  withheld: unknown;
  missingCore: unknown;
  needed: readonly ToldNeed[];
}

export const minutesRefused = (
  actor: Actor,
  { recipient, purpose, withheld, missingCore, needed }: RefusedMinutes,
): Problem =>
  problem(
    'consent-missing',
    'Nothing was recorded: you asked for all or nothing, and it may not go to the other side.',
    { extra: { withheld, missingCore, needed, scope: { discloser: agencyOf(actor), recipient, purpose } } },
  );
