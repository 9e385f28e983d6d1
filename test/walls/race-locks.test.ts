/** Requests that need the same things in another order: both are answered, and neither waits for the other for ever. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import t from 'tap';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, type Exchange } from '../support/exchange.ts';
import { isShown, nothingBroke, soon, startRace } from './race-world.ts';
import { CONTACT, expecting, MASTER, newClient, newSlip, sayYes, sent } from './scenes.ts';

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

/** Waits until that many of the service's statements wait for a lock. */
async function untilWaiting(exchange: Exchange, many: number): Promise<void> {
  for (let left = 100; left > 0; left--) {
    const waiting = await exchange.sql(
      `SELECT FROM pg_stat_activity WHERE usename = 'laufzettel_service' AND datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (waiting.length >= many) return;
    await sleep(20);
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
