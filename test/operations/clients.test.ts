/** Clients: an agency's own handles, found by its own file reference, which nobody else can read. */
import { throughADoor } from '../support/both-doors.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { admit, NOTHING } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

/** Tables in which a text stands, plain or as its bytes. */
async function tablesWith(text: string): Promise<string[]> {
  const bytes = Buffer.from(text);
  const traces = [text, bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, '')];
  const tables = await exchange.sql(
    "SELECT tablename FROM pg_tables WHERE schemaname IN ('public', 'api', 'internal')",
  );
  const found: string[] = [];
  for (const { tablename } of tables) {
    const traced = 'SELECT FROM unnest($1::text[]) AS trace WHERE position(trace IN one::text) > 0';
    const rows = await exchange.sql(`SELECT FROM public.${tablename} AS one WHERE EXISTS (${traced})`, [traces]);
    if (rows.length > 0) found.push(tablename);
  }
  return found;
}

await throughADoor(t, exchange, 'a client is found by its file reference', async (t, as, door) => {
  const arge = await as('arge');
  const fileReference = `BG-${door}-Ö 12/3`;
  const client = await arge.done('createClient', { body: { fileReference: `  ${fileReference} ` } });
  t.match(
    client,
    { fileReference, createdAt: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ },
    'spaces around it do not count',
  );
  t.same(await arge.done('getClient', { params: { clientId: client.id } }), client);
  t.same(await arge.done('findClient', { body: { fileReference } }), client);
  t.same(await arge.done('findClient', { body: { fileReference: fileReference.normalize('NFD') } }), client);

  const duplicate = await arge.refused('createClient', { body: { fileReference } });
  t.match(duplicate, { code: 'conflict', status: 409 });
  t.notMatch(duplicate.bytes, fileReference);
  const unknown = await arge.refused('findClient', { body: { fileReference: `${fileReference}4` } });
  t.match(unknown, { code: 'not-found', status: 404 });

  const caritas = await as('caritas');
  const same = await caritas.done('createClient', { body: { fileReference } });
  t.not(same.id, client.id, 'another agency may have the same one, of its own');
  t.same(await caritas.done('findClient', { body: { fileReference } }), same);
  t.same(await tablesWith(fileReference), [], 'it can be read in no table');
  t.same(await tablesWith('MB-nirgends'), []);
  t.ok((await tablesWith(client.id)).includes('client'), 'what stands in a table is found');
  t.notMatch(exchange.log.join(''), fileReference);
});

await throughADoor(t, exchange, 'a client needs no file reference', async (t, as) => {
  const arge = await as('arge');
  const [one, other] = [
    await arge.done('createClient'),
    await arge.done('createClient', { body: { fileReference: null } }),
  ];
  t.not(one.id, other.id, 'two without one are two');
  t.match([one, other], [{ fileReference: null }, { fileReference: null }]);
  for (const fileReference of ['', '   ', 'x'.repeat(101), 'zwei\nZeilen', 'nul\u0000']) {
    for (const id of ['createClient', 'findClient'] as const) {
      const refused = await arge.refused(id, { body: { fileReference } });
      t.match(refused, { code: 'bad-request', extra: { errors: [{ pointer: '/fileReference' }] } });
    }
  }
  const longest = one.id.padStart(100, 'x');
  const client = await arge.done('createClient', { body: { fileReference: longest } });
  t.equal(client.fileReference.length, 100);
});

await throughADoor(t, exchange, "another agency's client is none", async (t, as, door) => {
  const owner = await admit(exchange, door);
  const stranger = await as('caritas');
  const { id: clientId } = await owner.system.done('createClient', { body: { fileReference: 'A-1' } });
  const foreign = await stranger.refused('getClient', { params: { clientId } });
  t.match(foreign, { code: 'not-found', status: 404 });
  t.equal(foreign.bytes, (await stranger.refused('getClient', { params: { clientId: NOTHING } })).bytes);
  t.equal((await stranger.refused('findClient', { body: { fileReference: 'A-1' } })).code, 'not-found');
});

await throughADoor(t, exchange, 'the list of clients has each once, the own ones alone', async (t, _as, door) => {
  const owner = await admit(exchange, door);
  const stranger = await admit(exchange, door);
  await stranger.system.done('createClient', { body: {} });
  const created: unknown[] = [];
  for (let number = 1; number <= 5; number++) {
    created.push(await owner.system.done('createClient', { body: { fileReference: `L-${number}` } }));
  }
  const { items, nextCursor } = await owner.system.done('listClients');
  t.same(items, created, 'in the order of their creation');
  t.equal(nextCursor, null);
  const paged: unknown[] = [];
  let query: Record<string, unknown> = { limit: 2 };
  for (const expected of [2, 2, 1]) {
    const page = await owner.system.done('listClients', { query });
    t.equal(page.items.length, expected);
    paged.push(...page.items);
    query = { limit: 2, cursor: page.nextCursor };
  }
  t.equal(query.cursor, null);
  t.same(paged, created);
  const full = await owner.system.done('listClients', { query: { limit: 5 } });
  t.equal(full.nextCursor, null, 'a page that is just full is the last');
  for (const limit of [0, 201, -1]) {
    const refused = await owner.system.refused('listClients', { query: { limit } });
    t.match(refused, { code: 'bad-request', extra: { errors: [{ pointer: '/query/limit' }] } });
  }
});
