/** Numbering and waking, when things go wrong: a connection that is lost, a transaction that is late, a database from before. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type System, systemAt } from '../support/both-doors.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { clientAt, listen } from '../support/sockets.ts';
import { t } from '../support/t.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());
const caritas = systemAt('REST', exchange.url, (await exchange.as('caritas')).token);

interface Page {
  events: { sequence: string; type: string; subject: string }[];
  next: string;
  last: string;
}
const eventsOf = (by: System, query: Record<string, unknown> = {}): Promise<Page> => by.done('listEvents', { query });

const TELL = `INSERT INTO event (id, agency_id, type, subject, at)
  VALUES (uuidv7(), $1, 'agreement.created', jsonb_build_object('agreementId', uuidv7()), now()) RETURNING subject ->> 'agreementId' AS about`;
async function tell(agency: string): Promise<string> {
  const [{ about }] = await exchange.sql(TELL, [agency]);
  return about;
}
/** Only whose connections they are may end them. */
const service = new Client(exchange.database.serviceUrl);
await service.connect();
t.teardown(() => service.end());
const LINES = "FROM pg_stat_activity WHERE application_name = 'laufzettel-events' AND datname = current_database()";
const loseLines = () => service.query(`SELECT pg_terminate_backend(pid) ${LINES}`);
const isLineThere = async (): Promise<boolean> => (await service.query(`SELECT 1 ${LINES}`)).rows.length > 0;

t.test('a connection that is lost loses nothing, to whoever waits and to whoever subscribes', async (t) => {
  const client = clientAt(exchange.url, (await exchange.as('caritas')).token);
  t.teardown(() => client.dispose());
  const { last } = await eventsOf(caritas);
  const listener = listen(client);
  const expected: string[] = [];
  for (let round = 0; round < 3; round++) {
    const waiting = eventsOf(caritas, { after: String(Number(last) + expected.length), wait: 20 });
    await sleep(50);
    await loseLines();
    expected.push(await tell(AGENCY.caritas));
    t.match(
      (await waiting).events[0],
      { subject: expected.at(-1) },
      'a long poll hears of what came while nobody listened',
    );
    await listener.until(Number(last) + expected.length);
  }
  t.same(
    listener.told.slice(Number(last)).map(({ subject }) => subject),
    expected,
  );
  t.same(
    listener.told.map(({ sequence }) => Number(sequence)),
    listener.told.map((_one, place) => place + 1),
  );
  const lines = exchange.log.filter((line) => line.includes('event-line-lost'));
  t.equal(lines.length, 3, 'the log says so once for each time');
});

t.test('who was told earlier and committed later comes later, and nobody reads past it', async (t) => {
  const late = new Client(exchange.database.migrateUrl);
  await late.connect();
  t.teardown(() => late.end());
  const { last } = await eventsOf(caritas);
  await late.query('BEGIN');
  const { rows } = await late.query(TELL, [AGENCY.caritas]);
  const sooner = await tell(AGENCY.caritas);
  const first = await eventsOf(caritas, { after: last, wait: 10 });
  t.match(first, { events: [{ subject: sooner, sequence: String(Number(last) + 1) }], next: first.last });
  await late.query('COMMIT');
  const second = await eventsOf(caritas, { after: first.next, wait: 10 });
  t.match(second, { events: [{ subject: rows[0].about, sequence: String(Number(last) + 2) }] });
});

t.test('a database from before a restore tells its readers so, and its numbers are heard again', async (t) => {
  const before = await eventsOf(caritas, { limit: 200 });
  await tell(AGENCY.caritas);
  await eventsOf(caritas, { after: before.last, wait: 10 });
  // As a backup from before the last event has it; connections do not outlive a restore.
  await exchange.sql('BEGIN');
  await exchange.sql('DELETE FROM event WHERE agency_id = $1 AND sequence > $2', [AGENCY.caritas, before.last]);
  await exchange.sql('UPDATE event_feed SET last = $2 WHERE agency_id = $1', [AGENCY.caritas, before.last]);
  await exchange.sql('COMMIT');
  await loseLines();
  while (!(await isLineThere())) await sleep(20);
  const ahead = String(Number(before.last) + 1);
  t.match(await caritas.refused('listEvents', { query: { after: ahead } }), {
    code: 'bad-request',
    extra: { last: before.last },
  });
  await sleep(100);
  const startedAt = performance.now();
  t.same((await eventsOf(caritas, { after: before.last, wait: 1 })).events, []);
  t.ok(performance.now() - startedAt > 900, 'what was heard of the other database wakes nobody');
  const waiting = eventsOf(caritas, { after: before.last, wait: 20 });
  const about = await tell(AGENCY.caritas);
  t.match(await waiting, { events: [{ subject: about, sequence: ahead }] });
});
