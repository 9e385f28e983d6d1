/** Corrections against everything that may come between, from two instances. */
import { no } from '../support/consent-bodies.ts';
import { AGENCY } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { nothingBroke, soon, startRace } from './race-world.ts';
import { MASTER, newClient, newSlip, read, sent } from './scenes.ts';

const ROUNDS = Math.ceil(Number(process.env.RACE_ROUNDS ?? 100) / 5);

t.test('a correction against forwarding, reading, another correction and a no', async (t) => {
  const race = await startRace(t);
  const { exchange, instances } = race;
  const [one, other] = [await instances[0]('arge'), await instances[1]('arge')];
  const caritas = await instances[1]('caritas');
  const outcomes = { first: 0, second: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const { hop, slip, client } = await sent({ as: instances[0] }, 'arge', 'caritas');
    const [old, contact] = slip.entryIds as [string, string];
    const correct = (system: typeof one, vorname: string) =>
      system.post(`/v1/entries/${old}/corrections`, { payload: { familienname: 'Erfunden', vorname } });
    const says = round % 2 === 0;
    const acts = [
      soon(6).then(() => correct(one, 'Ewa')),
      soon(6).then(() => correct(other, 'Eva')),
      soon(6).then(() => other.post(`/v1/laufzettel/${slip.id}/forwardings`, { recipient: AGENCY.caritas })),
      soon(6).then(() => caritas.get(`/v1/forwardings/${hop}`)),
      ...(says
        ? [soon(6).then(() => one.post(`/v1/clients/${client}/statements`, no({ recipient: AGENCY.caritas })))]
        : []),
    ];
    const [first, second, ...others] = await Promise.all(acts);
    t.same([first!.status, second!.status].sort(), [201, 409], 'one of the two corrections is made');
    outcomes[first!.status === 201 ? 'first' : 'second'] += 1;
    t.ok(
      others.every((answer) => [200, 201, 403].includes(answer.status)),
      others.map((answer) => answer.text).join('\n'),
    );
    const open = await exchange.sql(
      'SELECT d.entry_id AS entry, d.to_id AS to FROM disclosure d WHERE d.closed_at IS NULL AND d.person_id = (SELECT person_id FROM client WHERE id = $1)',
      [client],
    );
    t.notOk(
      open.some((row) => row.entry === old),
      'what was corrected is disclosed to nobody',
    );
    if (says) t.same(open, [], 'and after a no nothing is');
    else {
      const fresh = [first!, second!].find((answer) => answer.status === 201)!.body.id;
      const ids = (await read(caritas, hop)).entries.map((entry: { id: string }) => entry.id);
      t.same(ids.sort(), [contact, fresh].sort(), 'who held the old one reads the new one');
    }
  }
  t.comment(`the one won ${outcomes.first} times, the other ${outcomes.second} times`);
  await nothingBroke(t, race);
});

t.test('a request against a no: none stays open', async (t) => {
  const race = await startRace(t);
  const { exchange, instances } = race;
  const [one, other] = [await instances[0]('arge'), await instances[1]('arge')];
  const caritas = await instances[1]('caritas');
  for (let round = 0; round < ROUNDS; round++) {
    const { client, theirs } = await sent({ as: instances[0] }, 'arge', 'caritas');
    const asking = { clientId: client, agencyId: AGENCY.caritas, kind: 'TERMIN', purpose: 'BERATUNG' };
    const answers = await Promise.all([
      soon(6).then(() => one.post('/v1/requests', asking)),
      soon(6).then(() => other.post('/v1/requests', asking)),
      soon(6).then(() => caritas.post(`/v1/clients/${theirs}/statements`, no())),
    ]);
    t.ok(answers.every((answer) => [201, 403].includes(answer.status)));
    t.same(await exchange.sql(`SELECT id FROM laufzettel_request WHERE status = 'OPEN'`), []);
  }
  await nothingBroke(t, race);
});

t.test('a correction against a new Laufzettel that names the old entry', async (t) => {
  const race = await startRace(t);
  const { exchange, instances } = race;
  const [one, other] = [await instances[0]('arge'), await instances[1]('arge')];
  let named = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const client = await newClient(one);
    const { entryIds } = await newSlip(one, client, [MASTER]);
    const slip = { clientId: client, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entryIds };
    const [correction, created] = await Promise.all([
      soon(6).then(() =>
        one.post(`/v1/entries/${entryIds[0]}/corrections`, { payload: { familienname: 'Erfunden', vorname: 'Eva' } }),
      ),
      soon(6).then(() => other.post('/v1/laufzettel', slip)),
    ]);
    t.equal(correction.status, 201);
    t.ok([201, 422].includes(created.status), created.text);
    if (created.status !== 201) continue;
    named += 1;
    const on = await exchange.sql('SELECT entry_id FROM laufzettel_entry WHERE laufzettel_id = $1', [created.body.id]);
    t.same(
      on.map((row) => row.entry_id).sort(),
      [entryIds[0], correction.body.id].sort(),
      'what names the old one has the new one too',
    );
  }
  t.comment(`${named} of ${ROUNDS} were created before the correction`);
  await nothingBroke(t, race);
});
