/** Links against everything else that is about the same persons, from two instances. */
import { Client } from 'pg';
import { no } from '../support/consent-bodies.ts';
import { AGENCY } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { isShown, nothingBroke, type Race, soon, startRace } from './race-world.ts';
import { CONTACT, expecting, linked, MASTER, newClient, newSlip, read, sayYes, sent, versionsOf } from './scenes.ts';

/** An agency may use ten codes a minute at each instance. */
const ROUNDS = Math.min(10, Math.ceil(Number(process.env.RACE_ROUNDS ?? 100) / 10));
const BOTH = ['STAMMDATEN', 'KONTAKT'];

/** A code of the ARGE's for the Diakonie, which uses one a round: so many rounds as its limit of attempts allows. */
async function codeFor(race: Race, client: string): Promise<string> {
  const arge = await race.instances[0]('arge');
  const issued = await arge.post(`/v1/clients/${client}/link-codes`, { agencyId: AGENCY.diakonie });
  return expecting(201, issued).body.code;
}

t.test('a link to somebody who said no, against a forwarding and a reading', async (t) => {
  const race = await startRace(t);
  const [one, other] = race.instances;
  const [arge, caritas] = [await one('arge'), await other('caritas')];
  const [hearing, linking] = [await one('diakonie'), await other('diakonie')];
  let sentMeanwhile = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { hop, slip, client } = await sent({ as: one }, 'arge', 'caritas');
    const heard = await newClient(hearing);
    expecting(201, await hearing.post(`/v1/clients/${heard}/statements`, no()));
    const code = await codeFor(race, client);
    let isLinked = false;
    const [link, forwarding] = await Promise.all([
      soon(6).then(async () => {
        const answer = await linking.post('/v1/clients/link', { code, clientId: heard });
        isLinked = true;
        return answer;
      }),
      soon(6).then(() => arge.post(`/v1/laufzettel/${slip.id}/forwardings`, { recipient: AGENCY.caritas })),
      soon(6).then(async () => {
        const startedAfterwards = isLinked;
        const answer = await caritas.get(`/v1/forwardings/${hop}`);
        t.ok(answer.status === 200 && !(startedAfterwards && isShown(answer)), 'a reading that starts afterwards');
      }),
    ]);
    expecting(201, link);
    t.ok([201, 403].includes(forwarding.status), `the forwarding answered ${forwarding.status}`);
    const hops = [hop, ...(forwarding.status === 201 ? [forwarding.body.forwarding.id] : [])];
    sentMeanwhile += hops.length - 1;
    for (const id of hops) t.notOk(isShown(await caritas.get(`/v1/forwardings/${id}`)), `round ${round}`);
    t.same(
      await race.exchange.sql('SELECT id FROM disclosure WHERE closed_at IS NULL AND forwarding_id = ANY ($1)', [hops]),
      [],
    );
  }
  t.comment(`${sentMeanwhile} of ${ROUNDS} were sent before the link`);
  await nothingBroke(t, race);
});

t.test('a link against a no and a yes about either side', async (t) => {
  const race = await startRace(t);
  const [one, other] = race.instances;
  const [arge, hearing, linking] = [await one('arge'), await one('diakonie'), await other('diakonie')];
  for (let round = 0; round < ROUNDS; round++) {
    const { hop, client } = await sent({ as: one }, 'arge', 'caritas');
    const heard = await newClient(hearing);
    const code = await codeFor(race, client);
    const answers = await Promise.all([
      soon(6).then(() => linking.post('/v1/clients/link', { code, clientId: heard })),
      soon(6).then(() => hearing.post(`/v1/clients/${heard}/statements`, no())),
      soon(6).then(() => sayYes(arge, client, 'tgsh', BOTH).then(() => ({ status: 201 }))),
    ]);
    t.same(
      answers.map((answer) => answer.status),
      [201, 201, 201],
    );
    t.notOk(
      isShown(await (await other('caritas')).get(`/v1/forwardings/${hop}`)),
      'whichever came first, the no holds',
    );
    const [{ same }] = await race.exchange.sql(
      'SELECT count(DISTINCT person_id) = 1 AS same FROM client WHERE id = ANY ($1)',
      [[client, heard]],
    );
    t.ok(same);
  }
  await nothingBroke(t, race);
});

t.test('two link each other at once, and three in a ring', async (t) => {
  const race = await startRace(t);
  const as = race.instances;
  const ring = ['arge', 'diakonie', 'caritas'] as const;
  for (let round = 0; round < ROUNDS; round++) {
    const members = ring.slice(0, 2 + (round % 2));
    const handles = await Promise.all(members.map(async (name) => newClient(await as[0](name))));
    const codes = await Promise.all(
      members.map(async (name, index) => {
        const agencyId = AGENCY[members[(index + 1) % members.length]!];
        const system = await as[0](name);
        return expecting(201, await system.post(`/v1/clients/${handles[index]}/link-codes`, { agencyId })).body.code;
      }),
    );
    const answers = await Promise.all(
      codes.map(async (code, index) => {
        const next = (index + 1) % members.length;
        const system = await as[index % 2]!(members[next]!);
        return system.post('/v1/clients/link', { code, clientId: handles[next] });
      }),
    );
    t.same(
      answers.map((answer) => answer.status),
      members.map(() => 201),
    );
    const persons = await race.exchange.sql('SELECT DISTINCT person_id FROM client WHERE id = ANY ($1)', [handles]);
    t.equal(persons.length, 1, 'all are one');
  }
  await nothingBroke(t, race);
});

t.test('an end of a link against forwarding, reading, saying and another end', async (t) => {
  const race = await startRace(t);
  const [one, other] = race.instances;
  const [arge, caritas] = [await one('arge'), await other('caritas')];
  for (let round = 0; round < ROUNDS; round++) {
    const said = await sent({ as: one }, 'arge', 'caritas');
    const unsaid = await newClient(await one('tgsh'));
    const slip = await newSlip(await one('tgsh'), unsaid, [MASTER, CONTACT]);
    await sayYes(await one('tgsh'), unsaid, 'caritas', BOTH);
    const link = await linked({ as: one }, 'arge', said.client, 'tgsh', unsaid);
    await read(caritas, said.hop);
    const end = (system: typeof arge, client: string) =>
      system.post(`/v1/clients/${client}/links/${link.linkId}/end`, { confirm: true });
    const answers = await Promise.all([
      soon(6).then(() => end(arge, said.client)),
      soon(6).then(async () => end(await other('tgsh'), unsaid)),
      soon(6).then(async () =>
        (await other('tgsh')).post(`/v1/laufzettel/${slip.id}/forwardings`, { recipient: AGENCY.caritas }),
      ),
      soon(6).then(() => caritas.get(`/v1/forwardings/${said.hop}`)),
      soon(6).then(() => arge.post(`/v1/clients/${said.client}/statements`, no({ discloser: AGENCY.arge }))),
    ]);
    const statuses = answers.map((answer) => answer.status);
    t.same(statuses.slice(0, 2).sort(), [200, 409], 'it ends once');
    t.same(statuses.slice(2), [201, 200, 201]);
    const mismatched = await race.exchange.sql(
      `SELECT f.id FROM forwarding f JOIN laufzettel l ON l.id = f.laufzettel_id JOIN client c ON c.id = l.client_id
         JOIN client s ON s.id = f.from_client_id JOIN client r ON r.id = f.to_client_id
       WHERE s.person_id <> c.person_id OR r.person_id <> c.person_id
         OR EXISTS (SELECT FROM disclosure d WHERE d.forwarding_id = f.id AND d.closed_at IS NULL AND d.person_id <> c.person_id)`,
    );
    t.same(mismatched, [], 'every hop is about the person of its Laufzettel');
    const hop = answers[2]!.body.forwarding.id;
    const shown = await read(caritas, hop);
    t.equal(shown.entries[0].clientId, shown.clientId);
  }
  await nothingBroke(t, race);
});

t.test('what was loaded before a link is decided again after it', async (t) => {
  const race = await startRace(t);
  const { exchange } = race;
  const { client, slip } = await sent({ as: race.instances[0] }, 'arge', 'caritas');
  const diakonie = await race.instances[0]('diakonie');
  const heard = await newClient(diakonie);
  const code = (
    await (
      await race.instances[0]('diakonie')
    ).post(`/v1/clients/${heard}/link-codes`, {
      agencyId: AGENCY.arge,
    })
  ).body.code;
  const service = new Client(exchange.database.serviceUrl);
  await service.connect();
  t.teardown(() => service.end());
  const load = 'SELECT api.load_forward($1, $2, $3, NULL) AS found';
  const { found } = (await service.query(load, [AGENCY.arge, slip.id, AGENCY.caritas])).rows[0];
  expecting(201, await (await race.instances[1]('arge')).post('/v1/clients/link', { code, clientId: client }));
  const [{ person_id: now }] = await exchange.sql('SELECT person_id FROM client WHERE id = $1', [client]);
  t.not(found.person, now, 'the person has become another');
  const decided = {
    id: heard,
    laufzettelId: slip.id,
    to: AGENCY.caritas,
    fromClientId: client,
    toClientId: found.handles[found.person],
    person: found.person,
    purpose: 'BERATUNG',
    at: found.at,
    newHandles: [],
    rows: [{ id: heard, entry: slip.entryIds[0], goodUntil: found.at + 1000, reliedOn: {} }],
    versions: await versionsOf(service, found),
    subject: {},
  };
  const actor = { agency: AGENCY.arge, system: 'probe', caseworker: null };
  const outcome = await service.query('SELECT api.commit_forward($1, $2) AS is', [actor, decided]).then(
    ({ rows }) => (rows[0].is.stale ? 'stale' : 'sent'),
    (error) => error.code,
  );
  t.ok(['stale', 'LZ404'].includes(outcome), outcome);
});
