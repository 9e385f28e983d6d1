/** What the stories of reminders share: days of one's own choice, the clock job, and what somebody was told. */
import { germanHolidays } from '../../src/delivery/holidays.ts';
import type { Category } from '../../src/domain/catalogue.ts';
import { openDatabase } from '../../src/persistence/database.ts';
import { reminderStore } from '../../src/persistence/reminder-store.ts';
import { remind } from '../../src/usecases/remind.ts';
import type { System } from '../support/both-doors.ts';
import type { Exchange } from '../support/exchange.ts';
import { type Admitted, entryOf, forward, sayYes } from './world.ts';

export interface ReminderJob {
  /** Looks until nothing is left to be looked at. Gives how many were told. */
  tick(): Promise<number>;
  close(): Promise<void>;
}

/** The job of another instance on the exchange's database. */
export function reminderJob(exchange: Exchange): ReminderJob {
  const database = openDatabase({ url: exchange.database.serviceUrl, poolSize: 1 });
  const deps = {
    reminders: reminderStore(database),
    holidaysOf: germanHolidays,
    watch: { deciding: <T>(_at: string, decide: () => T) => decide(), reminded: () => {} },
  };
  return {
    async tick() {
      let all = 0;
      for (;;) {
        const { taken, told } = await remind(deps);
        all += told;
        if (taken === 0) return all;
      }
    },
    close: () => database.close(),
  };
}

export interface Told {
  type: string;
  subject: string;
  time: string;
  data: Record<string, string>;
}

/** Everything of these types that the agency was told of these subjects, in order. */
export async function toldTo(
  exchange: Exchange,
  by: System,
  types: readonly string[],
  subjects: readonly string[],
): Promise<Told[]> {
  // Events are numbered a moment after they were written.
  while ((await exchange.sql('SELECT FROM event WHERE sequence IS NULL LIMIT 1')).length > 0) {}
  const all: Told[] = [];
  for (let after = '0'; ; ) {
    const { events, next, last } = await by.done('listEvents', { query: { after, limit: 200 } });
    all.push(...events);
    if (next === last) break;
    after = next;
  }
  return all.filter((one) => types.includes(one.type) && subjects.includes(one.subject));
}

export interface Sending {
  dueDate?: string;
  categories?: Category[];
  /** Of the consent. */
  validUntil: string;
  statedAt: string;
}
export interface SentCase {
  clientId: string;
  laufzettelId: string;
  forwardingId: string;
  entryIds: string[];
  statementId: string;
}

/** Writes and forwards a Laufzettel with the client's consent. */
export async function send(from: Admitted, to: Admitted, sending: Sending): Promise<SentCase> {
  const { dueDate = null, categories = ['STAMMDATEN'], validUntil, statedAt } = sending;
  const by = from.system;
  const { id: clientId } = await by.done('createClient', { body: {} });
  const entries = categories.map((category) => entryOf(category));
  const body = { clientId, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', dueDate, entries };
  const { id: laufzettelId, entryIds } = await by.done('createLaufzettel', { body });
  const more = { recipient: to.id, categories, statedAt, validFrom: statedAt, validUntil };
  const { id: statementId } = await sayYes(by, clientId, more);
  const outcome = await forward(by, { laufzettelId }, to.id);
  if (!outcome.ok) throw new Error(outcome.bytes);
  return { clientId, laufzettelId, forwardingId: outcome.value.forwarding.id, entryIds, statementId };
}

const ACTIONS = { accept: 'acceptForwarding', progress: 'progressForwarding', hold: 'holdForwarding' } as const;

/** The recipient reads it and takes these steps. */
export async function handle(
  by: System,
  forwardingId: string,
  ...steps: (keyof typeof ACTIONS | 'answer')[]
): Promise<void> {
  const params = { forwardingId };
  await by.done('getForwarding', { params });
  for (const step of steps) {
    const { version } = await by.done('getForwarding', { params });
    const body = { expectedVersion: version };
    await by.done(step === 'answer' ? 'answerForwarding' : ACTIONS[step], { params, body });
  }
}

/** The disclosures of the forwarding, by their entry. */
export async function disclosuresOf(exchange: Exchange, forwardingId: string): Promise<Record<string, string>> {
  const rows = await exchange.sql('SELECT id, entry_id FROM disclosure WHERE forwarding_id = $1', [forwardingId]);
  return Object.fromEntries(rows.map((row) => [row.entry_id, row.id]));
}
