/** Where an entry travelled: A, who wrote it, sees every hop; B and C those that they took part in. */
import { type System, throughADoor } from '../support/both-doors.ts';
import { no } from '../support/consent-bodies.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { type Admitted, admit, agree, type Case, forward, MALFORMED_IDS, NOTHING, openCase, sayYes } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

interface Hop {
  id: string;
  from: string;
  to: string;
  forwardingId: string | null;
  openedAt: string;
  fetchedAt: string | null;
  closedAt: string | null;
}

const hopsOf = async ({ system }: Admitted, entryId: string): Promise<Hop[]> =>
  (await system.done('listEntryHops', { params: { entryId } })).items;
const read = (by: System, forwardingId: string) => by.done('getForwarding', { params: { forwardingId } });

async function sendOn(by: System, one: Case, to: Admitted): Promise<string> {
  const outcome = await forward(by, one, to.id);
  if (!outcome.ok) throw new Error(outcome.bytes);
  return outcome.value.forwarding.id;
}

await throughADoor(t, exchange, 'A → B → C, and to D: each sees what it may', async (t, _as, door) => {
  const [a, b, c, d] = [
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
  ];
  await agree([a, b, c, d]);
  const one = await openCase(a.system);
  const entryId = one.entryIds[0]!;
  t.same(await hopsOf(a, entryId), [], 'it has not travelled yet');
  for (const to of [b, c, d]) await sayYes(a.system, one.clientId, { recipient: to.id, categories: ['STAMMDATEN'] });
  const toB = await sendOn(a.system, one, b);
  await read(b.system, toB);
  const toC = await sendOn(b.system, one, c);
  const toD = await sendOn(a.system, one, d);

  const all = await hopsOf(a, entryId);
  t.match(all, [
    { from: a.id, to: b.id, forwardingId: toB, purpose: 'BERATUNG', closedAt: null },
    { from: b.id, to: c.id, forwardingId: null, fetchedAt: null, closedAt: null },
    { from: a.id, to: d.id, forwardingId: toD, fetchedAt: null },
  ]);
  t.ok(all[0]!.fetchedAt, 'B has read it');
  t.match(await hopsOf(b, entryId), [
    { from: a.id, forwardingId: toB },
    { from: b.id, to: c.id, forwardingId: toC },
  ]);
  t.equal((await hopsOf(b, entryId)).length, 2, 'not that D has it too');
  t.match(await hopsOf(c, entryId), [{ from: b.id, to: c.id, forwardingId: toC }]);
  t.equal((await hopsOf(c, entryId)).length, 1, 'not from where B has it');
  t.same(
    all.map((hop) => hop.id),
    (await a.system.done('listDisclosures', { params: { clientId: one.clientId } })).items
      .map((row: Hop) => row.id)
      .reverse(),
    'the same rows as in the list of disclosures',
  );
  const singly: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = { limit: 1, ...(cursor ? { cursor } : {}) };
    const page = await a.system.done('listEntryHops', { params: { entryId }, query });
    singly.push(...page.items.map((hop: Hop) => hop.id));
    cursor = page.nextCursor;
  }
  t.same(
    singly,
    all.map((hop) => hop.id),
    'one by one',
  );

  // The client takes it back at A: B had read it and keeps the trace, C and D had not.
  const stop = no({ discloser: a.id });
  await a.system.done('recordStatement', { params: { clientId: one.clientId }, body: stop });
  t.ok((await hopsOf(a, entryId)).every((hop) => hop.closedAt !== null));
  t.same(
    (await hopsOf(b, entryId)).map((hop) => [hop.to, hop.closedAt !== null]),
    [
      [b.id, true],
      [c.id, true],
    ],
  );
  const unknown = await c.system.refused('listEntryHops', { params: { entryId: NOTHING } });
  for (const agency of [c, d]) {
    const { bytes } = await agency.system.refused('listEntryHops', { params: { entryId } });
    t.equal(bytes, unknown.bytes, 'what was never read has vanished');
  }
});

await throughADoor(t, exchange, 'time ends a hop at its millisecond', async (t, _as, door) => {
  const [a, b] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([a, b]);
  const one = await openCase(a.system);
  const validUntil = new Date(Date.now() + 1_500).toISOString();
  await sayYes(a.system, one.clientId, { recipient: b.id, categories: ['STAMMDATEN'], validUntil });
  await read(b.system, await sendOn(a.system, one, b));
  t.match(await hopsOf(a, one.entryIds[0]!), [{ closedAt: null }]);
  await new Promise((resolve) => setTimeout(resolve, Date.parse(validUntil) - Date.now() + 50));
  t.match(await hopsOf(a, one.entryIds[0]!), [{ closedAt: validUntil }]);
  t.match(await hopsOf(b, one.entryIds[0]!), [{ closedAt: validUntil }]);
});

await throughADoor(t, exchange, 'foreign, unknown and malformed are the same 404', async (t, _as, door) => {
  const [a, b] = [await admit(exchange, door), await admit(exchange, door)];
  const { entryIds } = await openCase(a.system);
  const unknown = await b.system.refused('listEntryHops', { params: { entryId: NOTHING } });
  t.match(unknown, { code: 'not-found', status: 404 });
  t.equal((await b.system.refused('listEntryHops', { params: { entryId: entryIds[0] } })).bytes, unknown.bytes);
  for (const entryId of MALFORMED_IDS) {
    t.match(await b.system.refused('listEntryHops', { params: { entryId } }), { code: 'not-found', status: 404 });
  }
  const blind = await admit(exchange, door, { scopes: ['laufzettel:write', 'consent:read'] });
  const missing = await blind.system.refused('listEntryHops', { params: { entryId: entryIds[0] } });
  t.match(missing, { code: 'scope-missing', status: 403 });
});
