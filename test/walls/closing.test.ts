/**
 * Every recorded fact that takes a disclosure's basis away closes it in its own transaction: when the fact has been answered
 * nobody reads the content any more, at either door, and the row is closed in the database.
 */
import type { Test } from 'tap';
import { no, yes } from '../support/consent-bodies.ts';
import { AGENCY, AGREEMENT, type Exchange, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import {
  type Agency,
  CONTACT,
  entriesRead,
  eventsOf,
  expecting,
  MASTER,
  now,
  read,
  readByGraphql,
  rowsOf,
  type Story,
  sent,
} from './scenes.ts';

interface Closing {
  name: string;
  /** Records the fact, on a story of two entries that the recipient has read. */
  record(exchange: Exchange, story: Story): Promise<unknown>;
  /** Categories that close; both unless told. */
  closes?: string[];
  /** Who recorded it; its discloser then needs no telling, its recipient does, as it owes an answer to each. */
  by: Agency | 'admin';
  /** What becomes of the forwarding when all of it closes; BLOCKED unless told. */
  status?: string;
  /** Undoes what stands in the way of looking. */
  after?(exchange: Exchange): Promise<unknown>;
}

const BOTH = ['STAMMDATEN', 'KONTAKT'];

const says =
  (by: 'arge' | 'caritas', body: () => Record<string, unknown>) => async (exchange: Exchange, story: Story) => {
    const handle = by === 'caritas' ? story.theirs : story.client;
    return expecting(201, await (await exchange.as(by)).post(`/v1/clients/${handle}/statements`, body()));
  };
const admin = (path: string) => async (exchange: Exchange) =>
  expecting(
    200,
    await (await exchange.as('admin')).post(path, path.endsWith('reinstate') ? undefined : { confirm: true }),
  );
const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

const CASES: Closing[] = [
  { name: 'a no to everything, at its discloser', record: says('arge', () => no()), by: 'arge' },
  { name: 'a no to everything, at its recipient', record: says('caritas', () => no()), by: 'caritas' },
  {
    name: 'a refusal that names its discloser alone',
    record: says('arge', () => no({ decision: 'REFUSED', discloser: AGENCY.arge })),
    by: 'arge',
  },
  {
    name: 'a no to one purpose, dated ahead',
    record: says('caritas', () => no({ purpose: 'BERATUNG', statedAt: minutesAgo(-60) })),
    by: 'caritas',
  },
  {
    name: 'a no that was said before the yes and reaches us now',
    record: says('arge', () => no({ statedAt: '2026-01-01' })),
    by: 'arge',
  },
  {
    name: 'a no to one category',
    record: says('arge', () => no({ categories: ['KONTAKT'] })),
    closes: ['KONTAKT'],
    by: 'arge',
  },
  {
    name: 'a no that names all four, at its recipient',
    record: says('caritas', () =>
      no({ discloser: AGENCY.arge, recipient: AGENCY.caritas, purpose: 'BERATUNG', categories: BOTH }),
    ),
    by: 'caritas',
  },
  {
    name: 'a weaker yes that was confirmed',
    record: says('arge', () =>
      yes({
        recipient: AGENCY.caritas,
        categories: ['KONTAKT'],
        statedAt: minutesAgo(1),
        validFrom: '2026-01-01',
        validUntil: minutesAgo(1),
        confirm: true,
      }),
    ),
    closes: ['KONTAKT'],
    by: 'arge',
  },
  {
    name: 'the rejection of its forwarding',
    record: async (exchange, { hop }) =>
      expecting(
        200,
        await (await exchange.as('caritas')).post(`/v1/forwardings/${hop}/reject`, {
          expectedVersion: 2,
          code: 'NO_CAPACITY',
        }),
      ),
    by: 'caritas',
    status: 'REJECTED',
  },
  {
    name: 'the suspension of its discloser',
    record: admin(`/v1/agencies/${AGENCY.arge}/suspend`),
    by: 'admin',
    after: admin(`/v1/agencies/${AGENCY.arge}/reinstate`),
  },
  {
    name: 'the suspension of its recipient',
    record: admin(`/v1/agencies/${AGENCY.caritas}/suspend`),
    by: 'admin',
    after: admin(`/v1/agencies/${AGENCY.caritas}/reinstate`),
  },
  { name: 'the termination of its agreement', record: admin(`/v1/agreements/${AGREEMENT}/terminate`), by: 'admin' },
];

t.test('what ends a disclosure ends it at once', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  for (const one of CASES) await t.test(one.name, (t) => ends(t, exchange, one));
});

async function ends(t: Test, exchange: Exchange, one: Closing): Promise<void> {
  const { record, closes = BOTH, by, after, status = 'BLOCKED' } = one;
  const caritas = await exchange.as('caritas');
  const story = await sent(exchange, 'arge', 'caritas', [MASTER, CONTACT]);
  const [masterId, contactId] = story.slip.entryIds;
  const before = await read(caritas, story.hop);
  t.same(
    before.entries.map((entry: { category: string }) => entry.category),
    BOTH,
    'it was readable',
  );
  const start = await now(exchange);

  await record(exchange, story);
  const rows = await rowsOf(exchange, story.hop);
  const end = await now(exchange);
  await after?.(exchange);

  const gone = [masterId!, contactId!].filter((_id, index) => closes.includes(BOTH[index]!));
  const left = [masterId!, contactId!].filter((id) => !gone.includes(id));
  t.same(
    rows
      .filter((row) => row.closed_at !== null)
      .map((row) => row.entry_id)
      .sort(),
    gone.toSorted(),
    'closed in the database before anything else happened',
  );
  t.ok(
    rows.every((row) => row.closed_at === null || (row.closed_at >= start && row.closed_at <= end)),
    'at the moment of the fact',
  );

  for (const look of [read, readByGraphql]) {
    const seen = await look(caritas, story.hop);
    t.same(
      seen.entries.map((entry: { id: string }) => entry.id),
      left,
      'its content is gone',
    );
    t.same(
      seen.closedEntries.map((one: object) => Object.keys(one).sort()),
      gone.map(() => ['answer', 'answeredAt', 'category', 'closedAt', 'disclosureId', 'entryId']),
      'what was read stays as ids, category, end and the answer that is owed',
    );
    t.same(seen.closedEntries.map((one: { entryId: string }) => one.entryId).sort(), gone.toSorted());
    t.equal(seen.status, left.length === 0 ? status : 'DELIVERED');
  }
  t.same(await entriesRead(caritas, story.theirs), left.toSorted(), 'nor is it among the client’s entries');
  for (const id of gone) {
    t.equal((await caritas.get(`/v1/entries/${id}`)).status, 404);
    t.equal((await caritas.graphql(`{ entry(entryId: "${id}") { payload } }`)).body.data.entry, null);
  }

  const closedIds = rows.filter((row) => row.closed_at !== null).map((row) => row.id);
  const audits = await exchange.sql(
    `SELECT id FROM audit WHERE action = 'disclosure.close' AND subject -> 'disclosures' ?| $1`,
    [closedIds],
  );
  t.equal(audits.length, 1, 'one audit record for what one fact closed');
  for (const agency of ['arge', 'caritas'] as const) {
    const events = await eventsOf(exchange, agency, story.hop, start);
    const many = events.filter((type) => type === 'disclosure.closed').length;
    const told = agency === 'arge' && by === 'arge' ? 0 : gone.length;
    t.equal(many, told, `${agency} is told of each closing that it did not make, or owes an answer to`);
    const blocked = events.filter((type) => type === 'forwarding.blocked').length;
    t.equal(blocked, left.length === 0 && status === 'BLOCKED' ? 1 : 0, `${agency} is told of a block`);
  }
}
