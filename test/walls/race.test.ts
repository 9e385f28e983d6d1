/** Two instances on one database: whatever is said on one holds on the other as soon as it has been answered. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import t, { type Test } from 'tap';
import { no } from '../support/consent-bodies.ts';
import {
  AGENCY,
  AGREEMENT,
  type Answer,
  type Exchange,
  type PartnerSystem,
  startExchange,
} from '../support/exchange.ts';
import { CONTACT, expecting, later, MASTER, newClient, newSlip, sayYes, sent } from './scenes.ts';

const ROUNDS = Number(process.env.RACE_ROUNDS ?? 100);
const BOTH = ['STAMMDATEN', 'KONTAKT'];

/** Random, so that over the rounds every step of one request meets every step of the other. */
const soon = (mostMs: number): Promise<void> => sleep(Math.random() * mostMs);

type As = Exchange['as'];
interface Race {
  exchange: Exchange;
  /** The instances; partners with a token of each. */
  instances: [As, As];
}

async function startRace(t: Test): Promise<Race> {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { as } = await exchange.anotherInstance();
  return { exchange, instances: [exchange.as, as] };
}

/** What no race may bring about. */
async function nothingBroke(t: Test, { exchange }: Race): Promise<void> {
  const log = exchange.log.join('\n');
  t.notOk(log.includes('40P01'), 'no deadlock');
  t.notOk(/"level":"(error|fatal)"|"statusCode":500/.test(log), 'no error');
  const open = await exchange.sql(
    `SELECT d.id FROM disclosure d JOIN entry e ON e.id = d.entry_id JOIN client c ON c.id = e.client_id
     WHERE d.closed_at IS NULL AND EXISTS (SELECT FROM statement s JOIN client h ON h.id = s.client_id
       WHERE h.person_id = c.person_id AND s.decision <> 'GIVEN' AND s.recorded_at >= d.opened_at)`,
  );
  t.same(open, [], 'no row is open that was opened before a no');
}

const isShown = (answer: Answer): boolean => answer.status === 200 && /Erfunden|23125/.test(answer.text);

t.test('when a no has been answered, no reading that starts afterwards shows anything, on any instance', async (t) => {
  const race = await startRace(t);
  const [one, other] = race.instances;
  const [argeOne, argeOther] = [await one('arge'), await other('arge')];
  const readers = [await one('caritas'), await other('caritas')];
  const client = await newClient(argeOne);
  const slip = await newSlip(argeOne, client, [MASTER, CONTACT]);
  const to = { recipient: AGENCY.caritas };
  let said = new Date(Date.now() - 86_400_000);
  let shownBefore = 0;
  const leaks: string[] = [];

  for (let round = 0; round < ROUNDS; round++) {
    const statedAt = later(said, 1).toISOString();
    await sayYes(argeOne, client, 'caritas', BOTH, { statedAt, validFrom: '2026-01-01' });
    const first = expecting(201, await argeOne.post(`/v1/laufzettel/${slip.id}/forwardings`, to)).body.forwarding.id;
    const forwarded: string[] = [first];
    let answered = false;
    const doors = (system: PartnerSystem, hop: string) => [
      () => system.get(`/v1/forwardings/${hop}`),
      () => system.get(`/v1/entries/${slip.entryIds[0]}`),
      () => system.graphql('query ($id: ID!) { forwarding(forwardingId: $id) { entries { payload } } }', { id: hop }),
    ];
    const reading = async (system: PartnerSystem): Promise<void> => {
      await soon(8);
      for (const door of doors(system, first)) {
        const startedAfterwards = answered;
        const answer = await door();
        if (isShown(answer) && startedAfterwards) leaks.push(`round ${round}: ${answer.text}`);
        if (isShown(answer)) shownBefore += 1;
      }
    };
    const forwarding = async (): Promise<void> => {
      await soon(8);
      const answer = await argeOther.post(`/v1/laufzettel/${slip.id}/forwardings`, to);
      if (answer.status === 201) forwarded.push(answer.body.forwarding.id);
      else if (answer.status !== 403) leaks.push(`round ${round}: forwarding answered ${answer.text}`);
    };
    const withdrawing = async (): Promise<void> => {
      await soon(8);
      const body = no({ recipient: AGENCY.caritas });
      const answer = expecting(201, await argeOne.post(`/v1/clients/${client}/statements`, body));
      answered = true;
      said = new Date(answer.body.recordedAt);
    };
    await Promise.all([withdrawing(), forwarding(), ...readers.map(reading)]);
    for (const system of readers) {
      const answers = await Promise.all(forwarded.flatMap((hop) => doors(system, hop)).map((door) => door()));
      for (const answer of answers) if (isShown(answer)) leaks.push(`after round ${round}: ${answer.text}`);
    }
  }
  t.same(leaks, []);
  t.ok(shownBefore > 0, `${shownBefore} readings came before a no`);
  await nothingBroke(t, race);
});

t.test('many identical forwardings at once give whole forwardings and one handle', async (t) => {
  const race = await startRace(t);
  const systems = await Promise.all(race.instances.map((as) => as('arge')));
  const client = await newClient(systems[0]!);
  const slip = await newSlip(systems[0]!, client, [MASTER, CONTACT]);
  await sayYes(systems[0]!, client, 'caritas', BOTH);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      systems[index % 2]!.post(`/v1/laufzettel/${slip.id}/forwardings`, { recipient: AGENCY.caritas }),
    ),
  );
  const sentOnes = answers.filter((answer) => answer.status === 201);
  t.comment(`${sentOnes.length} of ${answers.length} were sent`);
  t.ok(sentOnes.length > 0);
  t.same(
    answers.filter((answer) => answer.status !== 201).map((answer) => answer.body.code),
    Array(answers.length - sentOnes.length).fill('overloaded'),
    'the others are told to try again',
  );
  const rows = await race.exchange.sql(
    `SELECT forwarding_id AS hop, count(*)::int AS many, count(DISTINCT entry_id)::int AS entries FROM disclosure GROUP BY 1`,
  );
  t.same(rows.map((row) => row.hop).sort(), sentOnes.map((answer) => answer.body.forwarding.id).sort());
  t.ok(rows.every((row) => row.many === 2 && row.entries === 2));
  const handles = await race.exchange.sql('SELECT id FROM client WHERE agency_id = $1', [AGENCY.caritas]);
  t.equal(handles.length, 1);
  await nothingBroke(t, race);
});

/** An admin's act against a forwarding and a reading: afterwards nothing between the two is open or readable. */
async function against(t: Test, path: string): Promise<void> {
  const race = await startRace(t);
  const { exchange, instances } = race;
  const [arge, admin] = [await instances[0]('arge'), await instances[1]('admin')];
  const caritas = await instances[1]('caritas');
  for (let round = 0; round < Math.ceil(ROUNDS / 5); round++) {
    const { hop, slip, client } = await sent({ as: instances[0] }, 'arge', 'caritas');
    const acts = [
      admin.post(path, { confirm: true }),
      soon(6).then(() => arge.post(`/v1/laufzettel/${slip.id}/forwardings`, { recipient: AGENCY.caritas })),
      soon(6).then(() => caritas.get(`/v1/forwardings/${hop}`)),
      soon(6).then(() =>
        arge.post(`/v1/clients/${client}/statements`, no({ recipient: AGENCY.caritas, purpose: 'SCHULE' })),
      ),
    ];
    const [closed, ...others] = await Promise.all(acts);
    t.equal(closed!.status, 200, 'the admin is answered');
    t.ok(
      others.every((answer) => [200, 201, 403].includes(answer.status)),
      others.map((answer) => answer.status).join(),
    );
    const open = await exchange.sql('SELECT id FROM disclosure WHERE closed_at IS NULL');
    t.same(open, [], `round ${round}`);
    await exchange.sql('UPDATE agency SET suspended_at = NULL, version = version + 1 WHERE suspended_at IS NOT NULL');
    await exchange.sql(
      'UPDATE agreement SET terminated_at = NULL, version = version + 1 WHERE terminated_at IS NOT NULL',
    );
    t.notOk(isShown(await caritas.get(`/v1/forwardings/${hop}`)));
  }
  await nothingBroke(t, race);
}

t.test('a termination against forwarding, reading and saying', (t) =>
  against(t, `/v1/agreements/${AGREEMENT}/terminate`),
);
t.test('a suspension against forwarding, reading and saying', (t) =>
  against(t, `/v1/agencies/${AGENCY.caritas}/suspend`),
);

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
