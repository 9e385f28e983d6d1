/** Two instances on one database: whatever is said on one holds on the other as soon as it has been answered. */
import type { Test } from 'tap';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, AGREEMENT, type PartnerSystem } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { isShown, nothingBroke, soon, startRace } from './race-world.ts';
import { CONTACT, expecting, later, MASTER, newClient, newSlip, sayYes, sent } from './scenes.ts';

const ROUNDS = Number(process.env.RACE_ROUNDS ?? 60);
const BOTH = ['STAMMDATEN', 'KONTAKT'];

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
