/**
 * A conference as one side sees it at this moment. What may not be discussed any more is not on the agenda, to whoever got it as
 * if it had never been there; who had disclosed it sees that it has dropped off.
 */
import { type HeldRow, isHeld, mayDiscuss } from '../domain/conference.ts';
import { type Answer, notFound } from './answer.ts';
import { openClient } from './clients.ts';
import { narrowed, type Page, type PageQuery, paged } from './page.ts';
import type { Actor, AgendaItem, ConferenceFilter, ConferenceReading, ConferenceRecord, Deps } from './ports.ts';

export interface ShownItem
  extends Pick<AgendaItem, 'laufzettelId' | 'clientId' | 'addedBy' | 'addedAt' | 'atBeginning'> {
  fileReference: string | null;
  /** It may not be discussed any more; shown to the side alone that had disclosed it. */
  dropped: boolean;
  /** Entries that the reader may read. */
  minutes: string[];
  /** Laufzettel that the reader made, or received from who made it. */
  tasks: string[];
}

export interface ShownConference {
  conference: ConferenceRecord;
  agenda: ShownItem[];
}

/** An item with what the check says of it now. */
export interface JudgedItem {
  item: AgendaItem;
  mayBeDiscussed: boolean;
  minutes: string[];
  /** Entries of its core that one of the two has disclosed to the other. */
  coreEntries: string[];
}

export async function getConference(deps: Deps, actor: Actor, id: string): Promise<Answer<ShownConference>> {
  const reading = await deps.conferences.read(actor, id);
  if (reading === null) return notFound('conference');
  const agenda = judgeAgenda(reading)
    .filter(isSeen)
    .map((judged) => shown(deps, judged));
  return { conference: reading.conference, agenda };
}

export const listConferences = (
  deps: Deps,
  actor: Actor,
  query: PageQuery,
  filter: ConferenceFilter,
): Promise<Answer<Page<ConferenceRecord>>> =>
  paged(deps.vault, actor, query, {
    name: narrowed('conferences', filter),
    load: (after, most) => deps.conferences.list(actor, filter, after, most),
    positionOf: ({ createdAt, id }) => ({ at: createdAt, id }),
  });

/** To whoever is not told that it has dropped off it is not there. */
export const isSeen = ({ mayBeDiscussed, item }: JudgedItem): boolean => mayBeDiscussed || item.disclosedByReader;

export function judgeAgenda({ at, items, entries, facts }: ConferenceReading): JudgedItem[] {
  const rowById = new Map(facts.rows.map((row) => [row.id, row]));
  const entryById = new Map(entries.map((entry) => [entry.id, entry]));
  const heldOf = (rows: AgendaItem['rows'], kind: string): HeldRow[] =>
    rows.map(({ id, person }) => {
      const row = rowById.get(id)!;
      return { row, entry: entryById.get(row.entry)!, person, kind };
    });
  return items.map((item) => {
    const rows = heldOf(item.rows, item.kind);
    const minutes = item.minutes.filter(
      ({ own, rows: by }) => own || heldOf(by, item.kind).some((held) => isHeld(held, facts, at)),
    );
    return {
      item,
      mayBeDiscussed: mayDiscuss(rows, facts, at),
      minutes: minutes.map(({ entry }) => entry),
      coreEntries: [...new Set(rows.filter((held) => isHeld(held, facts, at)).map(({ entry }) => entry.id))],
    };
  });
}

function shown(deps: Deps, { item, mayBeDiscussed, minutes }: JudgedItem): ShownItem {
  const { laufzettelId, clientId, addedBy, addedAt, atBeginning, tasks, sealedFileReference, wrapped } = item;
  const { fileReference } = openClient(deps, { id: clientId, createdAt: 0, sealedFileReference, wrapped });
  const dropped = !mayBeDiscussed;
  return { laufzettelId, clientId, fileReference, addedBy, addedAt, atBeginning, dropped, minutes, tasks };
}
