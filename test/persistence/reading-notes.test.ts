/** Readings that are noted together: each is answered by its own note, when that is durable, and for its own faults alone. */
import type { Caller, Database } from '../../src/persistence/database.ts';
import { openDatabase } from '../../src/persistence/database.ts';
import { readingNotes } from '../../src/persistence/reading-notes.ts';
import { AgencySuspended, StoreUnavailable } from '../../src/usecases/ports.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { MASTER, read, sent } from '../walls/scenes.ts';

const actor = (agency: string | null, caseworker: string | null = null) => ({ agency, system: 'probe', caseworker });

/** The database, with its calls held back until they are let go. */
function held(database: Database) {
  const calls: { many: number; release: () => void }[] = [];
  const call: Caller['call'] = async (name, text, values) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    calls.push({ many: JSON.parse(values[0] as string).length, release: resolve });
    await promise;
    return database.call(name, text, values);
  };
  return { calls, database: { ...database, call } };
}

t.test('what comes while one is written is written together, and nobody hears of it before', async (t) => {
  const exchange = await startExchange();
  const database = openDatabase({ url: exchange.database.serviceUrl, poolSize: 3 });
  t.teardown(async () => {
    await database.close();
    await exchange.close();
  });
  const { hop } = await sent(exchange, 'arge', 'caritas', [MASTER]);
  await read(await exchange.as('caritas'), hop);
  const { calls, database: slow } = held(database);
  const note = readingNotes(slow);
  const noted = async () =>
    (await exchange.sql(`SELECT subject ->> 'place' AS place FROM audit WHERE system = 'probe' ORDER BY 1`)).map(
      (row) => row.place,
    );
  const answered: number[] = [];
  const reading = (place: number, agency = AGENCY.caritas) =>
    note({ actor: actor(agency), forwarding: hop, subject: { place }, at: 1_000 }).finally(() => answered.push(place));
  const first = reading(0);
  const rest = [1, 2, 3, 4].map((place) => reading(place));
  t.same([calls.length, calls[0]!.many], [1, 1], 'the first one waits for nobody');
  await new Promise(setImmediate);
  t.same([answered, await noted()], [[], []]);
  calls[0]!.release();
  t.match(await first, { status: 'DELIVERED', version: 2 });
  t.same(await noted(), ['0'], 'and is answered by its own note');
  t.same([calls.length, calls[1]!.many], [2, 4], 'the others share a statement');
  t.same(answered, [0]);
  calls[1]!.release();
  t.same((await Promise.all(rest)).length, 4);
  t.same(await noted(), ['0', '1', '2', '3', '4']);
});

t.test('what is wrong with one is its own alone', async (t) => {
  const exchange = await startExchange();
  const database = openDatabase({ url: exchange.database.serviceUrl, poolSize: 3 });
  t.teardown(async () => {
    await database.close();
    await exchange.close();
  });
  const { hop } = await sent(exchange, 'arge', 'caritas', [MASTER]);
  const note = readingNotes(database);
  await exchange.sql('UPDATE agency SET suspended_at = api.clock_now() WHERE id = $1', [AGENCY.tgsh]);
  const reading = (agency: string | null, subject: object, caseworker: string | null = null) =>
    note({
      actor: actor(agency, caseworker),
      forwarding: null,
      subject: subject as Record<string, unknown>,
      at: 1_000,
    });
  const outcomes = await Promise.allSettled([
    reading(AGENCY.arge, { place: 0 }),
    reading(AGENCY.caritas, { place: 1 }),
    reading(AGENCY.tgsh, { place: 2 }),
    // PostgreSQL takes no text with this character, and says so of the whole statement.
    reading(AGENCY.caritas, { place: 3, odd: '\u0000' }),
    reading(null, { place: 4 }),
    note({ actor: actor(AGENCY.caritas), forwarding: hop, subject: { place: 5 }, at: 1_000 }),
    reading(AGENCY.diakonie, { place: 6 }, 'nr-7'),
  ]);
  t.same(
    outcomes.map((one) => one.status),
    ['fulfilled', 'fulfilled', 'rejected', 'rejected', 'rejected', 'fulfilled', 'fulfilled'],
  );
  const reasonOf = (place: number) => (outcomes[place] as PromiseRejectedResult).reason;
  t.ok(reasonOf(2) instanceof AgencySuspended, 'a suspended agency');
  t.ok(reasonOf(4) instanceof AgencySuspended, 'none at all');
  t.equal(
    (outcomes[5] as PromiseFulfilledResult<unknown>).value,
    'first',
    'what is new is to be marked, and not noted yet',
  );
  const rows = await exchange.sql(
    `SELECT agency_id, caseworker, action, outcome, subject FROM audit WHERE system = 'probe' ORDER BY subject ->> 'place'`,
  );
  t.same(
    rows.map(({ agency_id, caseworker, subject }) => [agency_id, caseworker, subject.place]),
    [
      [AGENCY.arge, null, 0],
      [AGENCY.caritas, null, 1],
      [AGENCY.diakonie, 'nr-7', 6],
    ],
  );
  t.ok(rows.every(({ action, outcome }) => action === 'entries.read' && outcome === 'PERMIT'));
});

t.test('without a database nobody is answered, and afterwards everybody is again', async (t) => {
  const exchange = await startExchange();
  const database = openDatabase({ url: exchange.database.serviceUrl, poolSize: 3 });
  t.teardown(async () => {
    await database.close();
    await exchange.close();
  });
  let isAway = true;
  const call: Caller['call'] = (name, text, values) =>
    isAway ? Promise.reject(new StoreUnavailable('away')) : database.call(name, text, values);
  const note = readingNotes({ ...database, call });
  const reading = () => note({ actor: actor(AGENCY.arge), forwarding: null, subject: {}, at: 1_000 });
  const outcomes = await Promise.allSettled([reading(), reading(), reading()]);
  t.ok(outcomes.every((one) => one.status === 'rejected' && one.reason instanceof StoreUnavailable));
  isAway = false;
  t.match(await reading(), { status: null });
});

t.test('a connection that died without a word holds up nobody for ever', async (t) => {
  const exchange = await startExchange();
  const database = openDatabase({ url: exchange.database.serviceUrl, poolSize: 3 });
  t.teardown(async () => {
    await database.close();
    await exchange.close();
  });
  let isDead = true;
  const call: Caller['call'] = (name, text, values) =>
    isDead ? new Promise(() => {}) : database.call(name, text, values);
  const note = readingNotes({ call }, 2_000);
  const reading = () => note({ actor: actor(AGENCY.arge), forwarding: null, subject: {}, at: 1_000 });
  const outcomes = await Promise.allSettled([reading(), reading()]);
  t.ok(outcomes.every((one) => one.status === 'rejected' && one.reason instanceof StoreUnavailable));
  isDead = false;
  t.match(await reading(), { status: null }, 'the next ones are written by another one');
});
