/** The answer to minutes that were recorded before, or refused then for the reasons of then. */
import type { Answer } from './answer.ts';
import { toldAs } from './needed-consents.ts';
import type { Actor, Effect } from './ports.ts';
import { minutesRefused, type RecordedMinutes, type RefusedMinutes } from './record-minutes.ts';

/** What recording notes: the entry when it was written, else why it was not. */
interface Noted extends Omit<RefusedMinutes, 'withheld' | 'missingCore'> {
  laufzettel: string;
  entry: string;
  forwarding: string | null;
  missingCore: RecordedMinutes['missingCore'];
  withheld: ({ entry: string } & Omit<RecordedMinutes['withheld'][number], 'entryId'>)[];
}

export function minutesBefore(actor: Actor, { outcome, subject }: Effect): Answer<RecordedMinutes> {
  const {
    laufzettel,
    entry,
    forwarding,
    withheld,
    missingCore,
    needed: kept,
    ...refused
  } = subject as unknown as Noted;
  const needed = kept.map(toldAs);
  if (outcome === 'WITHHOLD') return minutesRefused(actor, { ...refused, withheld, missingCore, needed });
  return {
    entryId: entry,
    laufzettelId: laufzettel,
    forwardingId: forwarding,
    withheld: withheld.map(({ entry: entryId, ...why }) => ({ entryId, ...why })),
    missingCore,
    needed,
  };
}
