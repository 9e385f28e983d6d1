/** What is told when a chain falls, and releases; that it falls with each cause is in `revocation.test.ts`. */
import { no, yes } from '../support/consent-bodies.ts';
import { AGENCY, type Exchange, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import {
  CONTACT,
  eventsOf,
  expecting,
  forward,
  MASTER,
  type NewEntry,
  newClient,
  newSlip,
  now,
  passedOn,
  read,
  readByGraphql,
  release,
  rowsOf,
  type Story,
  sayYes,
  sent,
} from './scenes.ts';

interface Chain extends Story {
  /** caritas → diakonie → tgsh, of what arge wrote. */
  second: { hop: string; theirs: string };
  third: { hop: string; theirs: string };
}

/** arge → caritas → diakonie → tgsh; all have read. */
async function chain(exchange: Exchange): Promise<Chain> {
  const story = await sent(exchange, 'arge', 'caritas', [MASTER, CONTACT]);
  await read(await exchange.as('caritas'), story.hop);
  const second = await passedOn(exchange, story, 'arge', 'caritas', 'diakonie');
  const third = await passedOn(exchange, story, 'arge', 'diakonie', 'tgsh');
  return { ...story, second, third };
}

t.test(
  'the origin is told of every link that falls, by entry and disclosure, not by a forwarding of others',
  async (t) => {
    const exchange = await startExchange();
    t.teardown(() => exchange.close());
    const caritas = await exchange.as('caritas');
    const story = await chain(exchange);
    const since = await now(exchange);
    expecting(201, await caritas.post(`/v1/clients/${story.theirs}/statements`, no({ recipient: AGENCY.caritas })));
    const told = await exchange.sql(
      `SELECT subject FROM event WHERE agency_id = $1 AND at >= $2 AND type = 'disclosure.closed'`,
      [AGENCY.arge, since],
    );
    t.equal(told.length, 6);
    t.equal(told.filter((one) => one.subject.forwardingId === story.hop).length, 2, 'its own hop');
    t.equal(told.filter((one) => one.subject.forwardingId === undefined).length, 4);
    t.same(await eventsOf(exchange, 'tgsh', story.third.hop, since), [
      'disclosure.closed',
      'disclosure.closed',
      'forwarding.blocked',
    ]);
    t.same(await eventsOf(exchange, 'rantzau', story.hop, since), []);
  },
);

const NOTE: NewEntry = { category: 'BERATUNGSNOTIZ', payload: { thema: 'SCHULDEN', text: 'Erfundene Notiz' } };

t.test('a release is taken back at once, and a weaker one ends what it covered', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const caritas = await exchange.as('caritas');
  const arge = await exchange.as('arge');
  const secret = async () => {
    const client = await newClient(caritas);
    const slip = await newSlip(caritas, client, [MASTER, NOTE]);
    await sayYes(caritas, client, 'arge', ['STAMMDATEN', 'BERATUNGSNOTIZ']);
    await release(caritas, client, 'arge', ['BERATUNGSNOTIZ']);
    const hop = await forward(caritas, slip.id, 'arge');
    const { entries, clientId } = await read(arge, hop);
    t.equal(entries.length, 2);
    return { client, hop, theirs: clientId as string };
  };
  const { purpose: _none, ...given } = yes({ recipient: AGENCY.arge, categories: ['BERATUNGSNOTIZ'] });
  for (const [name, by, body] of [
    ['withdrawn at its origin', 'caritas', { ...no(), origin: AGENCY.caritas }],
    ['withdrawn at its recipient, from everybody', 'arge', no()],
    ['withdrawn for one category', 'arge', no({ categories: ['BERATUNGSNOTIZ'] })],
    [
      'replaced by a spoken one',
      'caritas',
      { ...given, form: 'ORAL', statedAt: new Date(Date.now() - 1000).toISOString(), confirm: true },
    ],
  ] as const) {
    const { client, hop, theirs } = await secret();
    const system = by === 'arge' ? arge : caritas;
    expecting(201, await system.post(`/v1/clients/${by === 'arge' ? theirs : client}/releases`, body));
    const rows = await rowsOf(exchange, hop);
    t.equal(rows.filter((row) => row.closed_at !== null).length, 1, name);
    for (const look of [read, readByGraphql]) {
      t.same(
        (await look(arge, hop)).entries.map((entry: { category: string }) => entry.category),
        ['STAMMDATEN'],
      );
    }
  }
});

t.test('a no stops onward forwarding too, and its words are told to whom they are about', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const story = await chain(exchange);
  const diakonie = await exchange.as('diakonie');
  const caritas = await exchange.as('caritas');
  expecting(
    201,
    await diakonie.post(`/v1/clients/${story.second.theirs}/statements`, no({ discloser: AGENCY.caritas })),
  );
  const refused = await caritas.post(`/v1/laufzettel/${story.slip.id}/forwardings`, { recipient: AGENCY.rantzau });
  t.equal(refused.status, 403);
  t.same(refused.body.withheld[0].reasons, ['WITHDRAWN', 'ONWARD_NOT_COVERED']);
  const seen = async (partner: 'arge' | 'caritas' | 'diakonie' | 'tgsh', handle: string) => {
    const { items } = expecting(200, await (await exchange.as(partner)).get(`/v1/clients/${handle}/statements`)).body;
    return items
      .filter((one: { decision: string }) => one.decision !== 'GIVEN')
      .map((one: { recordedBy: string | null }) => one.recordedBy);
  };
  t.same(await seen('caritas', story.theirs), [null], 'its discloser sees it, not who recorded it');
  t.same(await seen('diakonie', story.second.theirs), [AGENCY.diakonie], 'who recorded it sees it');
  t.same(await seen('arge', story.client), [], 'nobody else');
  t.same(await seen('tgsh', story.third.theirs), []);
});
