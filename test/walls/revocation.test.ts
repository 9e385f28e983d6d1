/**
 * What `docs/consent.md` says ends a disclosure, cause by cause and in the page's order: each closes everything that hangs on it
 * down the chain A → B → C → D, in the transaction of the fact, at both doors, at the other instance too; both sides and the audit are told; and it
 * does not begin again when its basis comes back. What ends by time alone is in `revocation-time.test.ts`.
 */
import type { Test } from 'tap';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, AGREEMENT, type Exchange, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { CAUSES, type Cause, type Chain, READERS } from './revocation-causes.ts';
import {
  CONTACT,
  clockJob,
  entriesRead,
  eventsOf,
  expecting,
  later,
  linked,
  MASTER,
  newClient,
  now,
  passedOn,
  read,
  readByGraphql,
  rowsOf,
  sayYes,
  sent,
} from './scenes.ts';

async function chainOf(exchange: Exchange): Promise<Chain> {
  const story = await sent(exchange, 'arge', 'caritas', [MASTER, CONTACT]);
  await read(await exchange.as('caritas'), story.hop);
  const second = await passedOn(exchange, story, 'arge', 'caritas', 'diakonie');
  const third = await passedOn(exchange, story, 'arge', 'diakonie', 'tgsh');
  return {
    ...story,
    hops: [story.hop, second.hop, third.hop],
    handles: { caritas: story.theirs, diakonie: second.theirs, tgsh: third.theirs },
  };
}

t.test('every cause that the page names closes what it has to, at once, for good, and nothing else', async (t) => {
  const exchange = await startExchange();
  const other = await exchange.anotherInstance();
  const job = clockJob(exchange);
  t.teardown(async () => {
    await job.close();
    await exchange.close();
  });
  for (const cause of CAUSES) await t.test(cause.name, (t) => closes(t, { exchange, other, job }, cause));
});

interface Stage {
  exchange: Exchange;
  /** The instance at which nothing is said. */
  other: Pick<Exchange, 'as'>;
  job: { tick(): Promise<number> };
}

async function closes(t: Test, { exchange, other, job }: Stage, cause: Cause): Promise<void> {
  const { action, because = 'WITHDRAWN', from = 0, first = false, before, record, undo, status = 'BLOCKED' } = cause;
  const chain = await chainOf(exchange);
  await before?.(exchange, chain);
  const decidedUpon = await versionsOf(exchange, chain);
  const since = await now(exchange);
  await record(exchange, chain);
  t.notSame(await versionsOf(exchange, chain), decidedUpon, 'what is being forwarded at this moment is decided again');

  const rows = await rowsOf(exchange, ...chain.hops);
  const old = rows.filter((row) => chain.slip.entryIds.includes(row.entry_id));
  const ended = old.filter(
    (row) => chain.hops.indexOf(row.forwarding_id) >= from && (!first || row.entry_id === chain.slip.entryIds[0]),
  );
  t.same(
    old.filter((row) => row.closed_at !== null).map((row) => row.id),
    ended.map((row) => row.id),
    'it closes these, down the chain, and no others',
  );
  await toldOnce(t, exchange, { action, because, since, ended: ended.map((row) => row.id), chain, from });

  const left = (link: number): string[] =>
    old.filter((row) => row.forwarding_id === chain.hops[link] && row.closed_at === null).map((row) => row.entry_id);
  const show = async (as: Pick<Exchange, 'as'>, message: string): Promise<void> => {
    for (const [link, reader] of READERS.entries()) {
      const system = await as.as(reader);
      const seen = [await read(system, chain.hops[link]!), await readByGraphql(system, chain.hops[link]!)];
      for (const { entries } of seen) {
        const shown = entries
          .map((one: { id: string }) => one.id)
          .filter((id: string) => chain.slip.entryIds.includes(id));
        t.same(shown.sort(), left(link).sort(), `${reader} ${message}`);
      }
      const listed = (await entriesRead(system, chain.handles[reader])).filter((id) =>
        chain.slip.entryIds.includes(id),
      );
      t.same(listed, left(link).sort(), `${reader}’s list ${message}`);
      for (const id of chain.slip.entryIds.filter((one) => !left(link).includes(one))) {
        t.equal((await system.get(`/v1/entries/${id}`)).status, 404);
        t.equal((await system.graphql(`{ entry(entryId: "${id}") { payload } }`)).body.data.entry, null);
      }
    }
  };
  // Who is suspended is answered nothing at all; what it then may not read is seen once it takes part again.
  if (action === 'agency.suspend') await undo?.(exchange, chain);
  await show(other, 'at the other instance');
  if (action !== 'agency.suspend') await undo?.(exchange, chain);
  await job.tick();
  await show(exchange, 'when its basis is back');
  t.same(
    (await rowsOf(exchange, ...chain.hops)).filter((row) => ended.some((one) => one.id === row.id)),
    ended,
    'not a value of a closed row has changed',
  );
  const header = await read(await other.as(READERS[from]), chain.hops[from]);
  t.equal(header.status, first ? 'DELIVERED' : status);
}

/** Of everything that a forwarding by one of the chain is decided upon: it is written only where these still stand. */
async function versionsOf(exchange: Exchange, { client }: Chain): Promise<unknown> {
  const [{ versions }] = await exchange.sql(
    `SELECT internal.versions(ARRAY(SELECT person_id FROM client WHERE id = $1), ARRAY(SELECT id FROM agreement), $2) AS versions`,
    [client, [AGENCY.arge, ...READERS.map((one) => AGENCY[one])]],
  );
  return versions;
}

interface Told {
  action: string;
  because: string;
  since: Date;
  ended: string[];
  chain: Chain;
  from: number;
}

/** The closing and the fact are one transaction; the audit names each row once, and each side has one event of each. */
async function toldOnce(
  t: Test,
  exchange: Exchange,
  { action, because, since, ended, chain, from }: Told,
): Promise<void> {
  const audits = await exchange.sql(
    `SELECT action, outcome, subject, xmin::text AS tx FROM audit WHERE at >= $1 AND action IN ($2, 'disclosure.close') ORDER BY at, id`,
    [since, action],
  );
  const closings = audits.filter(
    (one) => one.action === 'disclosure.close' && one.subject.disclosures.some((id: string) => ended.includes(id)),
  );
  t.same(
    closings
      .flatMap((one) => one.subject.disclosures)
      .filter((id) => ended.includes(id))
      .sort(),
    ended.toSorted(),
  );
  t.equal(closings.length, 1, 'one record of all that one fact closed');
  t.equal(closings[0].outcome, because, 'and why');
  t.ok(
    audits.some((one) => one.action === action && one.tx === closings[0].tx),
    'in the transaction of the fact',
  );
  for (const [link, reader] of READERS.entries()) {
    const events = await eventsOf(exchange, reader, chain.hops[link]!, since);
    const many = events.filter((one) => one === 'disclosure.closed').length;
    const expected = link < from ? 0 : ended.length / (READERS.length - from);
    t.equal(many, expected, `${reader} is told of each that it had read`);
  }
}

t.test(
  'what no operation of this exchange brings about withholds at the next reading, whoever brought it about',
  async (t) => {
    const exchange = await startExchange();
    t.teardown(() => exchange.close());
    const rows: [name: string, change: string, values: unknown[]][] = [
      [
        'a party that leaves',
        'UPDATE agreement_party SET left_at = api.clock_now() WHERE agency_id = $1 AND agreement_id = $2',
        [AGENCY.caritas, AGREEMENT],
      ],
      ['an agency become public', 'UPDATE agency SET public_body = true WHERE id = $1', [AGENCY.diakonie]],
    ];
    const residence = {
      category: 'AUFENTHALT',
      payload: { aufenthaltstitel: 'OHNE' },
    };
    const stories = {
      'a party that leaves': await sent(exchange, 'arge', 'caritas'),
      'an agency become public': await sent(exchange, 'caritas', 'diakonie', [MASTER, residence]),
    };
    for (const [name, change, values] of rows.toReversed()) {
      const { hop, slip } = stories[name as keyof typeof stories];
      const reader = await exchange.as(name === 'a party that leaves' ? 'caritas' : 'diakonie');
      t.equal((await read(reader, hop)).entries.length, 2, `before ${name}`);
      await exchange.sql(change, values);
      const withheld = name === 'a party that leaves' ? slip.entryIds : [await guardedOf(exchange, slip.entryIds)];
      for (const look of [read, readByGraphql]) {
        const shown = (await look(reader, hop)).entries.map((one: { id: string }) => one.id);
        t.same(shown.sort(), slip.entryIds.filter((id) => !withheld.includes(id)).sort(), name);
      }
    }
  },
);

const guardedOf = async (exchange: Exchange, entries: string[]): Promise<string> =>
  (await exchange.sql(`SELECT id FROM entry WHERE id = ANY ($1) AND category = 'AUFENTHALT'`, [entries]))[0].id;

t.test('a no of a youth that only the guardian lifts on the side that stays ends the request there', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const arge = await exchange.as('arge');
  const theirs = await sent(exchange, 'tgsh', 'arge');
  const own = await newClient(arge);
  const { linkId } = await linked(exchange, 'arge', own, 'tgsh', theirs.client);
  const youth = { ageBand: 'FROM_15_TO_17' };
  const refusal = no({ ...youth, recipient: AGENCY.caritas });
  const { recordedAt } = expecting(201, await arge.post(`/v1/clients/${own}/statements`, refusal)).body;
  const after = (ms: number) => later(new Date(recordedAt), ms).toISOString();
  const said = { ...youth, capacityConfirmed: true, adultFrom: after(600 * 86_400_000).slice(0, 10) };
  const guardians = { ...said, statedBy: 'GUARDIAN', statedAt: after(1) };
  await sayYes(arge, own, 'caritas', ['STAMMDATEN'], guardians);
  const asking = { clientId: own, agencyId: AGENCY.caritas, kind: 'TERMIN', purpose: 'BERATUNG' };
  expecting(403, await arge.post('/v1/requests', asking));
  await sayYes(arge, theirs.theirs, 'caritas', ['STAMMDATEN'], { ...said, statedAt: after(2) });
  const request = expecting(201, await arge.post('/v1/requests', asking)).body;
  expecting(200, await arge.post(`/v1/clients/${own}/links/${linkId}/end`, { confirm: true }));
  t.match(expecting(200, await arge.get(`/v1/requests/${request.id}`)).body, { status: 'WITHDRAWN' });
});

t.test('a request on the side that stays ends with the link that its yes came by', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const arge = await exchange.as('arge');
  // What tgsh sends brings arge a second handle, on the person of tgsh's client.
  const theirs = await sent(exchange, 'tgsh', 'arge');
  const own = await newClient(arge);
  const { linkId } = await linked(exchange, 'arge', own, 'tgsh', theirs.client);
  const refusal = no({ recipient: AGENCY.caritas });
  const { recordedAt } = expecting(201, await arge.post(`/v1/clients/${own}/statements`, refusal)).body;
  const statedAt = later(new Date(recordedAt), 1).toISOString();
  await sayYes(arge, theirs.theirs, 'caritas', ['STAMMDATEN'], { statedAt });
  const asking = { clientId: own, agencyId: AGENCY.caritas, kind: 'TERMIN', purpose: 'BERATUNG' };
  const request = expecting(201, await arge.post('/v1/requests', asking)).body;
  t.equal(request.status, 'OPEN', 'while both are one person, the yes lifts the no');
  expecting(200, await arge.post(`/v1/clients/${own}/links/${linkId}/end`, { confirm: true }));
  const seen = expecting(200, await arge.get(`/v1/requests/${request.id}`)).body;
  t.match(seen, { status: 'WITHDRAWN', version: 2 }, 'who stays said no, and nothing else');
});
