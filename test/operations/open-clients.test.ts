/** Clients with open matters: what is due first at the top, counted by what the headers show. */
import { type System, throughADoor } from '../support/both-doors.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { type Admitted, admit, agree, forward, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

interface Open {
  id: string;
  [count: string]: unknown;
}
const open = async (by: System): Promise<Open[]> => (await by.done('listOpenClients')).items;
const counts = ({ forwardingsReceived, forwardingsSent, laufzettelOpen }: Open) => [
  forwardingsReceived,
  forwardingsSent,
  laufzettelOpen,
];

await throughADoor(t, exchange, 'what is open is counted on both sides, until it has ended', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([one, other]);
  t.same(await open(one.system), []);
  await one.system.done('createClient', { body: {} });
  t.same(await open(one.system), [], 'a client alone is no open matter');

  const sent = await sendCase(one.system, other.id);
  await forward(one.system, sent, other.id);
  const [[mine], [theirs]] = [await open(one.system), await open(other.system)];
  t.match(mine, { id: sent.clientId, fileReference: null, nextDueDate: null });
  t.same(counts(mine!), [0, 2, 1]);
  t.same(counts(theirs!), [2, 0, 0], "another's Laufzettel is not the recipient's own matter");
  const inbox = (await other.system.done('listInbox')).items;
  t.equal(theirs!.id, inbox[0].clientId, 'by its own handle');

  const reject = (expectedVersion: number) => ({
    params: { forwardingId: sent.forwardingId },
    body: { expectedVersion, code: 'NO_CAPACITY' },
  });
  await other.system.done('rejectForwarding', reject(1));
  t.same(
    [counts((await open(one.system))[0]!), counts((await open(other.system))[0]!)],
    [
      [0, 1, 1],
      [1, 0, 0],
    ],
  );
  const rows: [status: string, mine: number[] | null, theirs: number[] | null][] = [
    ['DELIVERED', [0, 1, 1], [1, 0, 0]],
    ['ACCEPTED', [0, 1, 1], [1, 0, 0]],
    ['IN_PROGRESS', [0, 1, 1], [1, 0, 0]],
    ['ON_HOLD', [0, 1, 1], [1, 0, 0]],
    ['ANSWERED', [0, 1, 1], null],
    ['CLOSED', [0, 0, 1], null],
    ['RECALLED', [0, 0, 1], null],
    ['EXPIRED', [0, 0, 1], null],
    ['BLOCKED', [0, 0, 1], null],
  ];
  for (const [status, mine, theirs] of rows) {
    await exchange.sql('UPDATE forwarding SET status = $1 WHERE from_id = $2 AND id <> $3', [
      status,
      one.id,
      sent.forwardingId,
    ]);
    t.same((await open(one.system)).map(counts), mine === null ? [] : [mine], `${status}, its sender`);
    t.same((await open(other.system)).map(counts), theirs === null ? [] : [theirs], `${status}, its recipient`);
  }
  await exchange.sql(`UPDATE laufzettel SET status = 'CANCELLED' WHERE id = $1`, [sent.laufzettelId]);
  t.same(await open(one.system), []);
});

const due = (by: System, dueDate: string | null, clientId: string) =>
  by.done('createLaufzettel', { body: { clientId, kind: 'TERMIN', purpose: 'BERATUNG', dueDate } });

await throughADoor(t, exchange, 'what is due first stands first, page by page', async (t, _as, door) => {
  const { system } = await admit(exchange, door);
  const ids: Record<string, string> = {};
  for (const name of ['never', 'march', 'january', 'alsoJanuary', 'alsoNever']) {
    const body = { fileReference: `${name}-${door}` };
    ids[name] = (await system.done('createClient', { body })).id;
  }
  for (const [name, ...days] of [
    ['never', null],
    ['march', '2027-03-01', null],
    ['january', '2027-06-01', '2027-01-31'],
    ['alsoJanuary', '2027-01-31'],
    ['alsoNever', null, null],
  ] as [string, ...(string | null)[]][]) {
    for (const day of days) await due(system, day, ids[name]!);
  }
  const expected = ['january', 'alsoJanuary', 'march', 'never', 'alsoNever'].map((name) => ids[name]);
  const items = await open(system);
  t.same(
    items.map((item) => item.id),
    expected,
  );
  t.same(
    items.map((item) => item.nextDueDate),
    ['2027-01-31', '2027-01-31', '2027-03-01', null, null],
  );
  t.equal(items[0]!.fileReference, `january-${door}`, 'with the file reference that the caseworker knows it by');
  for (const limit of [1, 2, 4]) {
    const found: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await system.done('listOpenClients', { query: { limit, ...(cursor ? { cursor } : {}) } });
      found.push(...page.items.map((item: Open) => item.id));
      cursor = page.nextCursor;
    }
    t.same(found, expected, `${limit} a page`);
  }
});

await throughADoor(t, exchange, 'who may not read Laufzettel learns no counts', async (t, _as, door) => {
  const { system } = await admit(exchange, door, { scopes: ['consent:read', 'audit:read'] });
  t.match(await system.refused('listOpenClients'), { code: 'scope-missing', status: 403 });
  const other = await admit(exchange, door);
  t.match(await other.system.refused('listOpenClients', { query: { limit: 201 } }), { code: 'bad-request' });
  const { nextCursor } = await pagedOnce(other);
  t.match(await other.system.refused('listClients', { query: { cursor: nextCursor } }), { code: 'bad-request' });
});

async function pagedOnce({ system }: Admitted) {
  for (let number = 0; number < 2; number++) await openCase(system);
  return system.done('listOpenClients', { query: { limit: 1 } });
}

await throughADoor(t, exchange, 'nothing that was withheld is counted for the recipient', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([one, other]);
  const refused = await openCase(one.system);
  t.match(await forward(one.system, refused, other.id), { code: 'consent-missing' });
  t.same(await open(other.system), []);
  await sayYes(one.system, refused.clientId, { recipient: other.id, categories: ['STAMMDATEN'] });
  await forward(one.system, refused, other.id);
  t.same((await open(other.system)).map(counts), [[1, 0, 0]]);
});
