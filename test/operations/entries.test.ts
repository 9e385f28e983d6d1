/** Entries: every category as its author writes and reads it, its marks, whom it concerns, and what a recipient sees. */
import { inventPerson } from '../../src/cli/demo/persons.ts';
import {
  ALWAYS_SECRET_CATEGORIES,
  CATEGORIES,
  type Category,
  USUALLY_SECRET_CATEGORIES,
} from '../../src/domain/catalogue.ts';
import { type System, throughADoor } from '../support/both-doors.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { count, entryOf, forward, NOTHING, openCase, payloadOf, sayYes, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const newClient = async (by: System): Promise<string> => (await by.done('createClient')).id;

await throughADoor(t, exchange, 'every category is written and read as it was', async (t, as) => {
  const arge = await as('arge');
  const clientId = await newClient(arge);
  const params = { clientId };
  const written: unknown[] = [];
  for (const category of CATEGORIES) {
    const body = entryOf(category);
    const entry = await arge.done('addEntry', { params, body });
    const expected = { category, origin: AGENCY.arge, clientId, concerns: [clientId], payload: body.payload };
    t.match(entry, { ...expected, filedUnder: category === 'DOKUMENT' ? ['SPRACHKURS'] : null }, category);
    t.same(entry.payload, body.payload);
    const secret = [...ALWAYS_SECRET_CATEGORIES, ...USUALLY_SECRET_CATEGORIES].includes(category);
    t.equal(entry.secrecy, secret, `${category} is ${secret ? '' : 'not '}under secrecy unless told`);
    t.same(await arge.done('getEntry', { params: { entryId: entry.id } }), entry);
    written.push(entry);
  }
  t.same((await arge.done('listEntries', { params })).items, written, 'oldest first');
  const paged: unknown[] = [];
  let query: Record<string, unknown> = { limit: 7 };
  for (const size of [7, 7, 5]) {
    const page = await arge.done('listEntries', { params, query });
    t.equal(page.items.length, size);
    paged.push(...page.items);
    query = { limit: 7, cursor: page.nextCursor };
  }
  t.same(paged, written);
  t.equal(query.cursor, null);
});

await throughADoor(t, exchange, 'the catalogue says what an entry may hold', async (t, as) => {
  const { categories } = await (await as('arge')).done('getCatalogue');
  t.same(
    categories.map((one: { category: Category }) => one.category),
    CATEGORIES,
  );
  const sprache = categories.find((one: { category: Category }) => one.category === 'SPRACHE');
  t.match(sprache, { article9: false, alwaysSecret: false, coreOf: ['SPRACHKURS'], payload: { type: 'object' } });
  t.same(Object.keys(sprache.payload.properties), [
    'erstsprache',
    'deutschNiveau',
    'alphabetisiert',
    'dolmetschbedarf',
  ]);
  t.same(await (await as('admin')).done('getCatalogue'), { categories });
});

const DOCUMENT = inventPerson(1).dokument;
const TOLERATED = { aufenthaltstitel: 'DULDUNG', gueltigBis: '2027-03-01' };

/** An entry as it is sent; and what it then says of itself, or where a rule is broken. */
const MARKS: [string, object, object | string][] = [
  ['a note is always secret', { category: 'BERATUNGSNOTIZ', payload: { text: 'Notiz' }, secrecy: false }, '/secrecy'],
  ['a plan may be not secret', { ...entryOf('FOERDERPLAN'), secrecy: false }, { secrecy: false }],
  ['anything may be secret', { ...entryOf('SPRACHE'), secrecy: true }, { secrecy: true }],
  [
    'a Duldung is guarded from its day',
    { category: 'AUFENTHALT', payload: TOLERATED },
    { guardFrom: '2027-02-28T23:00:00.000Z' },
  ],
  [
    'or earlier',
    { category: 'AUFENTHALT', payload: TOLERATED, guardFrom: '2027-01-01T00:00:00.000Z' },
    { guardFrom: '2027-01-01T00:00:00.000Z' },
  ],
  [
    'and not later',
    { category: 'AUFENTHALT', payload: TOLERATED, guardFrom: '2027-02-28T23:00:00.001Z' },
    '/guardFrom',
  ],
  ['nor never', { category: 'AUFENTHALT', payload: TOLERATED, guardFrom: null }, '/guardFrom'],
  [
    'no title is guarded at once',
    { category: 'AUFENTHALT', payload: { aufenthaltstitel: 'OHNE' } },
    { guardFrom: String },
  ],
  ['a settled one is not', { category: 'AUFENTHALT', payload: { aufenthaltstitel: 'DEUTSCH' } }, { guardFrom: null }],
  [
    'anything may be guarded',
    { ...entryOf('SCHULE'), guardFrom: '2027-01-01T00:00:00.000Z' },
    { guardFrom: '2027-01-01T00:00:00.000Z' },
  ],
  ['a document is filed', { category: 'DOKUMENT', payload: DOCUMENT }, '/filedUnder'],
  ['under something', { category: 'DOKUMENT', payload: DOCUMENT, filedUnder: [] }, '/filedUnder'],
  ['but not under itself', { category: 'DOKUMENT', payload: DOCUMENT, filedUnder: ['DOKUMENT'] }, '/filedUnder/0'],
  ['once each', { category: 'DOKUMENT', payload: DOCUMENT, filedUnder: ['SCHULE', 'SCHULE'] }, '/filedUnder'],
  [
    'under a note it is secret',
    { category: 'DOKUMENT', payload: DOCUMENT, filedUnder: ['BERATUNGSNOTIZ'] },
    { secrecy: true },
  ],
  ['always', { category: 'DOKUMENT', payload: DOCUMENT, filedUnder: ['BERATUNGSNOTIZ'], secrecy: false }, '/secrecy'],
  [
    'its author says when the guard holds',
    { category: 'DOKUMENT', payload: DOCUMENT, filedUnder: ['AUFENTHALT'] },
    '/guardFrom',
  ],
  [
    'or that it never does',
    { category: 'DOKUMENT', payload: DOCUMENT, filedUnder: ['AUFENTHALT'], guardFrom: null },
    { guardFrom: null },
  ],
  ['only a document is filed', { ...entryOf('SPRACHE'), filedUnder: ['SCHULE'] }, '/filedUnder'],
  [
    'its bytes are counted',
    { category: 'DOKUMENT', payload: { ...DOCUMENT, groesse: 1 }, filedUnder: ['SCHULE'] },
    '/payload/groesse',
  ],
  [
    'and hashed',
    { category: 'DOKUMENT', payload: { ...DOCUMENT, sha256: '0'.repeat(64) }, filedUnder: ['SCHULE'] },
    '/payload/sha256',
  ],
];

await throughADoor(t, exchange, 'an entry bears the marks that the catalogue demands', async (t, as) => {
  const arge = await as('arge');
  for (const [why, body, expected] of MARKS) {
    const clientId = await newClient(arge);
    const outcome = await arge.call('addEntry', { params: { clientId }, body });
    const stored = await count(exchange, 'entry', 'client_id = $1', [clientId]);
    if (typeof expected === 'string') {
      t.match(
        outcome,
        { ok: false, code: /^(rule-broken|bad-request)$/, extra: { errors: [{ pointer: expected }] } },
        why,
      );
      t.equal(stored, 0);
    } else {
      t.match(outcome, { ok: true, value: expected }, why);
      t.equal(stored, 1);
    }
  }
});

await throughADoor(t, exchange, 'an entry concerns clients of its author only', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const [mother, child, foreign] = [await newClient(arge), await newClient(arge), await newClient(caritas)];
  const add = (concerns: string[]) =>
    arge.call('addEntry', { params: { clientId: mother }, body: { ...entryOf('FAMILIE'), concerns } });
  const shared = await add([mother, child]);
  t.match(shared, { ok: true, value: { clientId: mother } });
  t.same(shared.ok && [...shared.value.concerns].sort(), [mother, child].sort());
  const listed = (await arge.done('listEntries', { params: { clientId: child } })).items;
  t.match(listed, [{ id: shared.ok && shared.value.id }], 'it is among the entries of both');
  const broken = { ok: false, code: 'rule-broken', status: 422, extra: { errors: [{ pointer: '/concerns' }] } };
  t.match(await add([child]), broken, 'the client itself is among them');
  const [byForeign, byUnknown] = [await add([mother, foreign]), await add([mother, NOTHING])];
  t.match(byForeign, broken);
  t.equal(!byForeign.ok && byForeign.bytes, !byUnknown.ok && byUnknown.bytes, 'unknown and foreign are the same');
  t.equal(await count(exchange, 'entry', 'client_id = $1', [mother]), 1);
});

await throughADoor(t, exchange, "a recipient sees another's entry with handles of its own", async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const sent = await openCase(arge, ['STAMMDATEN']);
  const child = await newClient(arge);
  const concerns = [sent.clientId, child];
  const family = await arge.done('addEntry', {
    params: { clientId: sent.clientId },
    body: { ...entryOf('FAMILIE'), concerns },
  });
  const scope = { recipient: AGENCY.caritas, categories: ['STAMMDATEN', 'FAMILIE'] };
  await sayYes(arge, sent.clientId, scope);
  const entryIds = [...sent.entryIds, family.id];
  const half = await forward(arge, sent, AGENCY.caritas, { entryIds });
  t.match(
    half,
    { ok: true, value: { withheld: [{ entryId: family.id, reasons: ['NO_CONSENT'] }] } },
    'everybody must agree',
  );
  await sayYes(arge, child, scope);
  t.match(await forward(arge, sent, AGENCY.caritas, { entryIds }), { ok: true, value: { withheld: [] } });

  const seen = await caritas.done('getEntry', { params: { entryId: family.id } });
  t.same(seen.payload, family.payload);
  t.match(seen, { origin: AGENCY.arge, category: 'FAMILIE', secrecy: false });
  t.equal(seen.concerns.length, 2);
  t.ok(seen.concerns.includes(seen.clientId));
  const own = await exchange.sql('SELECT agency_id FROM client WHERE id = ANY ($1)', [seen.concerns]);
  t.same(
    own.map((one) => one.agency_id),
    [AGENCY.caritas, AGENCY.caritas],
  );
  t.notOk(
    concerns.some((id) => JSON.stringify(seen).includes(id)),
    "never the author's",
  );
});

await throughADoor(t, exchange, 'who does not hold an entry cannot tell it from none', async (t, as) => {
  const [arge, caritas, diakonie] = [await as('arge'), await as('caritas'), await as('diakonie')];
  const { entryIds } = await sendCase(arge, AGENCY.caritas);
  const params = { entryId: entryIds[0] };
  t.ok(await caritas.done('getEntry', { params }));
  const foreign = await diakonie.refused('getEntry', { params });
  t.equal(foreign.code, 'not-found');
  t.equal(foreign.bytes, (await diakonie.refused('getEntry', { params: { entryId: NOTHING } })).bytes);
});

await throughADoor(t, exchange, 'a page reads what it shows, and no more', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const sent = await sendCase(arge, AGENCY.caritas, ['STAMMDATEN', 'SPRACHE']);
  const { clientId } = (await caritas.done('listInbox', { query: { limit: 1 } })).items[0];
  const { items } = await caritas.done('listEntries', { params: { clientId }, query: { limit: 1 } });
  t.match(items, [{ id: sent.entryIds[0] }]);
  const trail = (await arge.done('listDisclosures', { params: { clientId: sent.clientId } })).items;
  const fetched = trail.filter((row: { fetchedAt: string | null }) => row.fetchedAt !== null);
  const read = fetched.map((row: { entryId: string }) => row.entryId);
  t.same(read, [sent.entryIds[0]], 'the entry behind the page has not been read');
});

await throughADoor(t, exchange, 'content is ciphertext in the database', async (t, as) => {
  const arge = await as('arge');
  const payload = { ...(payloadOf('STAMMDATEN') as object), familienname: 'Unlesbarsky' };
  const clientId = await newClient(arge);
  const { id } = await arge.done('addEntry', { params: { clientId }, body: { category: 'STAMMDATEN', payload } });
  const [{ sealed }] = await exchange.sql('SELECT sealed FROM entry_payload WHERE entry_id = $1', [id]);
  t.ok(sealed.length > JSON.stringify(payload).length);
  t.notOk(sealed.includes(Buffer.from('Unlesbarsky')));
  t.equal((await arge.done('getEntry', { params: { entryId: id } })).payload.familienname, 'Unlesbarsky');
});
