/** Requests that need the same things in another order: both are answered, and neither waits for the other for ever. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, AGREEMENT, type Exchange, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { isShown, nothingBroke, soon, startRace } from './race-world.ts';
import { CONTACT, expecting, MASTER, newClient, newSlip, now, sayYes, sent } from './scenes.ts';

const ROUNDS = Number(process.env.RACE_ROUNDS ?? 100);
const BOTH = ['STAMMDATEN', 'KONTAKT'];

t.test('a rejection against the first reading', async (t) => {
  const race = await startRace(t);
  const [one, other] = [await race.instances[0]('caritas'), await race.instances[1]('caritas')];
  for (let round = 0; round < Math.ceil(ROUNDS / 2); round++) {
    const { hop } = await sent({ as: race.instances[0] }, 'arge', 'caritas');
    const [rejected, reading] = await Promise.all([
      soon(4).then(() => one.post(`/v1/forwardings/${hop}/reject`, { expectedVersion: 1, code: 'DUPLICATE' })),
      soon(4).then(() => other.get(`/v1/forwardings/${hop}`)),
    ]);
    t.ok([200, 412].includes(rejected.status), `the rejection answered ${rejected.status}`);
    t.equal(reading.status, 200, 'the reading is answered');
    t.equal(isShown(await other.get(`/v1/forwardings/${hop}`)), rejected.status !== 200, 'what was rejected is gone');
  }
  await nothingBroke(t, race);
});

/** Until that many of the service's statements wait for a lock; as the superuser, for the owner is not shown what they wait for. */
async function untilWaiting(exchange: Exchange, many: number): Promise<void> {
  const watcher = new Client(exchange.database.superUrl);
  await watcher.connect();
  const text = `SELECT FROM pg_stat_activity WHERE usename = 'laufzettel_service' AND datname = current_database() AND wait_event_type = 'Lock'`;
  try {
    for (let left = 100; left > 0 && (await watcher.query(text)).rows.length < many; left--) await sleep(20);
  } finally {
    await watcher.end();
  }
}

t.test('relatives who say no at once are both heard', async (t) => {
  const race = await startRace(t);
  const { exchange } = race;
  const [one, other] = [await race.instances[0]('arge'), await race.instances[1]('arge')];
  const [first, middle, last] = [await newClient(one), await newClient(one), await newClient(one)];
  for (const client of [first, middle, last]) await sayYes(one, client, 'caritas', BOTH);
  // The first and the last share no entry with each other, but each shares one with the middle.
  for (const [client, relative] of [
    [first, middle],
    [last, middle],
  ] as const) {
    const slip = await newSlip(one, client, [MASTER, { ...CONTACT, concerns: [client, relative] }]);
    expecting(201, await one.post(`/v1/laufzettel/${slip.id}/forwardings`, { recipient: AGENCY.caritas }));
  }
  await exchange.sql('BEGIN');
  await exchange.sql('SELECT FROM person WHERE id = (SELECT person_id FROM client WHERE id = $1) FOR UPDATE', [middle]);
  const said = [one.post(`/v1/clients/${last}/statements`, no())];
  await untilWaiting(exchange, 1);
  said.push(other.post(`/v1/clients/${first}/statements`, no()));
  await untilWaiting(exchange, 2);
  await exchange.sql('COMMIT');
  const answers = await Promise.all(said);
  t.same(
    answers.map((answer) => answer.status),
    [201, 201],
  );
  await nothingBroke(t, race);
});

t.test('a no that is being recorded while its recipient is being suspended is heard', async (t) => {
  const race = await startRace(t);
  const { exchange } = race;
  const arge = await race.instances[0]('arge');
  const { client, hop } = await sent({ as: race.instances[0] }, 'arge', 'caritas');
  const service = new Client(exchange.database.serviceUrl);
  await service.connect();
  t.teardown(() => service.end());
  const admin = { agency: null, system: 'exchange-admin', caseworker: null };
  // The steps of a suspension, with the other requests between its first and its second.
  await service.query('BEGIN');
  await service.query(`SELECT api.change_agency($1, $2, 'SUSPEND')`, [admin, AGENCY.caritas]);
  const others = [
    arge.post(`/v1/clients/${client}/statements`, no({ recipient: AGENCY.caritas })),
    race.instances[1]('caritas').then((caritas) => caritas.get(`/v1/forwardings/${hop}`)),
  ];
  await Promise.race([untilWaiting(exchange, 2), Promise.all(others)]);
  const locked = service.query('SELECT api.lock_persons_of_agency($1)', [AGENCY.caritas]);
  t.equal(await locked.then(() => 'done').catch((error) => error.code), 'done', 'the suspension goes on');
  await service.query('ROLLBACK');
  t.same(
    (await Promise.all(others)).map((answer) => answer.status),
    [201, 200],
  );
  await nothingBroke(t, race);
});

t.test('a termination and a suspension count from when everybody is locked whom they concern', async (t) => {
  const exchange = await startExchange();
  const admin = await exchange.as('admin');
  const [person, watcher] = [new Client(exchange.database.migrateUrl), new Client(exchange.database.superUrl)];
  for (const client of [person, watcher]) await client.connect();
  t.teardown(async () => {
    await Promise.all([person.end(), watcher.end()]);
    await exchange.close();
  });
  for (const [path, at] of [
    [`/v1/agencies/${AGENCY.caritas}/suspend`, `SELECT suspended_at AS at FROM agency WHERE id = '${AGENCY.caritas}'`],
    [`/v1/agreements/${AGREEMENT}/terminate`, `SELECT terminated_at AS at FROM agreement WHERE id = '${AGREEMENT}'`],
  ] as const) {
    await exchange.sql('UPDATE agency SET suspended_at = NULL, version = version + 1 WHERE suspended_at IS NOT NULL');
    await sent(exchange, 'arge', 'caritas');
    await person.query('BEGIN');
    await person.query('SELECT FROM person FOR NO KEY UPDATE');
    const ending = admin.post(path, { confirm: true });
    await untilOneWaits(watcher);
    const meanwhile = await now(exchange);
    await person.query('COMMIT');
    expecting(200, await ending);
    t.ok((await exchange.sql(at))[0].at >= meanwhile, path);
  }
});

/** Until a request waits for a lock that somebody else has; another role's waiting is seen by the superuser alone. */
async function untilOneWaits(watcher: Client): Promise<void> {
  const text = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await watcher.query(text)).rows.length === 0) await soon(5);
}
