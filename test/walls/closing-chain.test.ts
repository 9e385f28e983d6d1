/** What hangs on a disclosure falls with it; and everybody who holds a handle may say no for the whole chain. */
import t from 'tap';
import { no, yes } from '../support/consent-bodies.ts';
import { AGENCY, type Exchange, startExchange } from '../support/exchange.ts';
import {
  CONTACT,
  entriesRead,
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

const openHops = async (exchange: Exchange, { hop, second, third }: Chain): Promise<string[]> => {
  const open = (await rowsOf(exchange, hop, second.hop, third.hop)).filter((row) => row.closed_at === null);
  const names = new Map([
    [hop, 'first'],
    [second.hop, 'second'],
    [third.hop, 'third'],
  ]);
  return [...new Set(open.map((row) => names.get(row.forwarding_id)!))].sort();
};

t.test('a chain falls with its first link, and from the link that is cut', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const arge = await exchange.as('arge');
  const caritas = await exchange.as('caritas');
  const diakonie = await exchange.as('diakonie');
  const tgsh = await exchange.as('tgsh');
  const admin = await exchange.as('admin');

  const says =
    async (body: Record<string, unknown>, system = arge, handle?: string) =>
    (story: Chain) =>
      system.post(`/v1/clients/${handle ?? story.client}/statements`, body).then((answer) => expecting(201, answer));
  const cases: [name: string, fact: (story: Chain) => Promise<unknown>, left: string[]][] = [
    ['a no to the first link', await says(no({ recipient: AGENCY.caritas })), []],
    ['a no to the second link', await says(no({ recipient: AGENCY.diakonie })), ['first']],
    ['a no to the last link', await says(no({ recipient: AGENCY.tgsh })), ['first', 'second']],
    ['a no to the one who passes on', await says(no({ discloser: AGENCY.caritas })), ['first']],
    [
      'a no at an agency that neither wrote nor passed it on',
      async (story) =>
        expecting(
          201,
          await tgsh.post(
            `/v1/clients/${story.third.theirs}/statements`,
            no({ discloser: AGENCY.arge, recipient: AGENCY.caritas }),
          ),
        ),
      [],
    ],
    [
      'a no at an agency in the middle about the one before it',
      async (story) =>
        expecting(201, await caritas.post(`/v1/clients/${story.theirs}/statements`, no({ recipient: AGENCY.caritas }))),
      [],
    ],
    [
      'a rejection in the middle',
      async (story) => {
        const { version } = await read(diakonie, story.second.hop);
        expecting(
          200,
          await diakonie.post(`/v1/forwardings/${story.second.hop}/reject`, {
            expectedVersion: version,
            code: 'DUPLICATE',
          }),
        );
      },
      ['first'],
    ],
    [
      'the suspension of the one in the middle',
      async () => expecting(200, await admin.post(`/v1/agencies/${AGENCY.caritas}/suspend`, { confirm: true })),
      [],
    ],
    [
      'the suspension of the origin, also where it is no party of the hop',
      async () => expecting(200, await admin.post(`/v1/agencies/${AGENCY.arge}/suspend`, { confirm: true })),
      [],
    ],
  ];
  for (const [name, fact, left] of cases) {
    await t.test(name, async (t) => {
      // What an earlier row of this table suspended takes part again.
      await exchange.sql('UPDATE agency SET suspended_at = NULL, version = version + 1 WHERE suspended_at IS NOT NULL');
      const story = await chain(exchange);
      t.same(await openHops(exchange, story), ['first', 'second', 'third']);
      await fact(story);
      t.same(await openHops(exchange, story), left, 'in the same transaction');
      await exchange.sql('UPDATE agency SET suspended_at = NULL, version = version + 1 WHERE suspended_at IS NOT NULL');
      for (const [hop, system, at] of [
        ['first', caritas, story],
        ['second', diakonie, story.second],
        ['third', tgsh, story.third],
      ] as const) {
        const many = left.includes(hop) ? 2 : 0;
        t.equal((await read(system, at.hop)).entries.length, many, `${hop} by REST`);
        t.equal((await readByGraphql(system, at.hop)).entries.length, many, `${hop} by GraphQL`);
        t.equal((await entriesRead(system, at.theirs)).length, many, `${hop}: the client’s entries`);
      }
    });
  }

  await t.test(
    'its origin is told of every link that falls, by entry and disclosure, not by a forwarding of others',
    async (t) => {
      await exchange.sql('UPDATE agency SET suspended_at = NULL, version = version + 1 WHERE suspended_at IS NOT NULL');
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
});

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
