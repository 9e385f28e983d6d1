import type { EventType } from '../domain/event.ts';
import type { EventRecord, EventStore } from '../usecases/ports.ts';
import type { Database } from './database.ts';
import { only } from './read-json.ts';

export type EventColumns = [
  sequence: number,
  id: string,
  type: EventType,
  at: number,
  subject: EventRecord['data'],
  laufzettelId: string | null,
];

/** In the database the subject of what happened to a system calls it by its OAuth name, `clientId`. */
export function dataOf(
  type: EventType,
  subject: EventRecord['data'],
  laufzettelId: string | null,
): EventRecord['data'] {
  if (type.startsWith('system.')) return { systemId: subject.clientId! };
  return laufzettelId === null ? subject : { ...subject, laufzettelId };
}

const eventOf = ([sequence, id, type, at, subject, laufzettelId]: EventColumns): EventRecord => ({
  sequence,
  id,
  type,
  at,
  data: dataOf(type, subject, laufzettelId),
});

export const eventStore = (database: Database): EventStore => ({
  list: async (agency, after, most) => {
    const text = 'SELECT api.list_events($1, $2, $3) AS page';
    type Page = { last: number; events: EventColumns[] };
    const { page } = only(await database.call<{ page: Page }>('list_events', text, [agency, after, most]));
    return { last: page.last, events: page.events.map(eventOf) };
  },
});
