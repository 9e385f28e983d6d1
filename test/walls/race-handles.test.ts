/** A handle that a reading makes, while a forwarding about the same person is under way to the same agency. */
import { Client } from 'pg';
import { AGENCY } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { nothingBroke, soon, startRace } from './race-world.ts';
import { CONTACT, expecting, MASTER, newClient, newSlip, read, sayYes, versionsOf } from './scenes.ts';

const ROUNDS = Math.ceil(Number(process.env.RACE_ROUNDS ?? 100) / 5);
const BOTH = ['STAMMDATEN', 'KONTAKT'];

t.test('an agency gets one handle on a person, whatever comes to it at once', async (t) => {
  const race = await startRace(t);
  const { exchange, instances } = race;
  const [arge, caritas] = [await instances[0]('arge'), await instances[1]('caritas')];
  const service = new Client(exchange.database.serviceUrl);
  await service.connect();
  t.teardown(() => service.end());
  /** A relative, whom an entry about another client concerns that nobody has read yet. */
  const sentAbout = async () => {
    const [client, relative] = [await newClient(arge), await newClient(arge)];
    for (const one of [client, relative]) await sayYes(arge, one, 'caritas', BOTH);
    const first = await newSlip(arge, client, [MASTER, { ...CONTACT, concerns: [client, relative] }]);
    const sent = expecting(
      201,
      await arge.post(`/v1/laufzettel/${first.id}/forwardings`, { recipient: AGENCY.caritas }),
    );
    return { relative, hop: sent.body.forwarding.id, slip: await newSlip(arge, relative, [MASTER]) };
  };
  const handlesOn = (relative: string) =>
    exchange.sql(
      'SELECT c.id FROM client c WHERE c.agency_id = $1 AND c.person_id = (SELECT person_id FROM client WHERE id = $2)',
      [AGENCY.caritas, relative],
    );

  const { relative, hop, slip } = await sentAbout();
  const load = 'SELECT api.load_forward($1, $2, $3, NULL) AS found';
  const { found } = (await service.query(load, [AGENCY.arge, slip.id, AGENCY.caritas])).rows[0];
  t.same(found.handles, { [found.person]: null });
  await read(caritas, hop);
  const decided = {
    id: slip.id,
    laufzettelId: slip.id,
    to: AGENCY.caritas,
    fromClientId: relative,
    toClientId: hop,
    person: found.person,
    purpose: 'BERATUNG',
    at: found.at,
    expiresAt: found.at + 1000,
    newHandles: [{ id: hop, person: found.person, wrapped: 'AAAA' }],
    rows: [{ id: hop, entry: slip.entryIds[0], goodUntil: found.at + 1000, reliedOn: {} }],
    versions: await versionsOf(service, found),
    subject: {},
  };
  const actor = { agency: AGENCY.arge, system: 'probe', caseworker: null };
  const { rows } = await service.query('SELECT api.commit_forward($1, $2) AS is', [actor, decided]);
  t.same(rows[0].is, { stale: true }, 'what was decided before the reading is decided again');
  t.equal((await handlesOn(relative)).length, 1);

  for (let round = 0; round < ROUNDS; round++) {
    const about = await sentAbout();
    const [forwarding, reading] = await Promise.all([
      soon(6).then(() => arge.post(`/v1/laufzettel/${about.slip.id}/forwardings`, { recipient: AGENCY.caritas })),
      soon(6).then(() => caritas.get(`/v1/forwardings/${about.hop}`)),
    ]);
    t.same([forwarding.status, reading.status], [201, 200]);
    t.equal((await handlesOn(about.relative)).length, 1, `round ${round}`);
  }
  await nothingBroke(t, race);
});
