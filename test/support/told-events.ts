/**
 * What holds for every event that any test's exchange ever told: a type that we know, ids and nothing else, one of them what it is
 * about, and one sequence for each agency from 1 on without gaps.
 */
import { EVENT_IDS, EVENT_TYPES, type EventType } from '../../src/domain/event.ts';

// biome-ignore lint/suspicious/noExplicitAny: rows are what was asked for
type Sql = (text: string) => Promise<any[]>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Throws at the first one that is otherwise. */
export async function demandThinEvents(sql: Sql): Promise<void> {
  for (const { type, subject } of await sql('SELECT DISTINCT ON (type, subject) type, subject FROM event')) {
    const kind = EVENT_TYPES[type as EventType];
    if (kind === undefined) throw new Error(`an event was told of the type ${type}, which nobody documents`);
    // In the database a system is called by its OAuth name.
    const ids = type.startsWith('system.') ? { systemId: subject.clientId } : subject;
    if (ids[kind.about] === undefined) throw new Error(`an event ${type} does not say which ${kind.about}`);
    for (const [name, value] of Object.entries<unknown>(ids)) {
      const isId = typeof value === 'string' && (name === 'systemId' || UUID.test(value));
      if (!isId || !EVENT_IDS.some((one) => one === name))
        throw new Error(`an event ${type} holds more than ids: ${name}`);
    }
  }
  const broken = await sql(
    `SELECT e.agency_id FROM event e LEFT JOIN event_feed f ON f.agency_id = e.agency_id WHERE e.sequence IS NOT NULL
     GROUP BY e.agency_id, f.last
     HAVING min(e.sequence) <> 1 OR max(e.sequence) <> count(*) OR count(*) <> count(DISTINCT e.sequence) OR f.last IS DISTINCT FROM max(e.sequence)`,
  );
  if (broken.length > 0)
    throw new Error(`the sequence of ${broken[0].agency_id} has gaps, or ends elsewhere than it says`);
}
