/** Agencies: the directory that everybody sees, and how the admin admits an agency and its system. */
import { generateClientKey } from '../../src/auth/client-credentials.ts';
import { systemAt, throughADoor, tokenOf } from '../support/both-doors.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { admit, NOTHING } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const ABOUT = {
  kind: 'BERATUNGSSTELLE',
  name: 'Beratungsstelle Neu',
  sponsor: 'Verein e.V.',
  publicBody: false,
  legalRegime: 'DSG_EKD',
};

await throughADoor(t, exchange, 'everybody may look into the directory', async (t, as) => {
  const arge = await as('arge');
  const admin = await as('admin');
  const caritas = await arge.done('getAgency', { params: { agencyId: AGENCY.caritas } });
  t.match(caritas, { id: AGENCY.caritas, legalRegime: 'KDG', publicBody: false, status: 'ACTIVE' });
  t.same(await admin.done('getAgency', { params: { agencyId: AGENCY.caritas } }), caritas, 'the admin sees the same');

  const own = await arge.done('getOwnAgency');
  t.match(own, { id: AGENCY.arge, kind: 'ARGE', publicBody: true });
  t.equal((await admin.refused('getOwnAgency')).code, 'scope-missing', 'the admin acts for no agency');

  for (const system of [arge, admin]) {
    const everyone = (await system.done('listAgencies', { query: { limit: 200 } })).items;
    const ids = everyone.map((one: { id: string }) => one.id);
    t.equal(new Set(ids).size, ids.length);
    t.ok(Object.values(AGENCY).every((id) => ids.includes(id)));
    t.same(
      everyone.find((one: { id: string }) => one.id === AGENCY.caritas),
      caritas,
    );
    const paged: string[] = [];
    for (let cursor: string | null = null; paged.length <= ids.length; ) {
      const page = await system.done('listAgencies', { query: { limit: 2, ...(cursor === null ? {} : { cursor }) } });
      paged.push(...page.items.map((one: { id: string }) => one.id));
      cursor = page.nextCursor;
      if (cursor === null) break;
    }
    t.same(paged, ids, 'page by page it is the same list');
  }
});

await throughADoor(
  t,
  exchange,
  'the admin admits an agency, and its system works with its own key',
  async (t, as, door) => {
    const admin = await as('admin');
    const created = await admin.done('createAgency', {
      body: { ...ABOUT, services: ['MIGRATIONSERSTBERATUNG'], languages: ['de', 'zh-Hant'] },
    });
    t.match(created, {
      ...ABOUT,
      services: ['MIGRATIONSERSTBERATUNG'],
      topics: [],
      targetGroups: [],
      status: 'ACTIVE',
    });
    const params = { agencyId: created.id };
    t.same(await (await as('arge')).done('getAgency', { params }), created);

    const clientId = `neu-${door.toLowerCase()}`;
    const { key, jwks } = await generateClientKey('EdDSA');
    await t.rejects(tokenOf(exchange.url, clientId, key), { code: 'invalid_client' }, 'before it is registered');
    const scopes = ['laufzettel:read', 'laufzettel:write', 'agency:admin'];
    const system = await admin.done('registerSystem', { params, body: { clientId, scopes, jwks } });
    t.match(system, { clientId, agencyId: created.id, scopes });

    const own = systemAt(door, exchange.url, await tokenOf(exchange.url, clientId, key));
    t.same(await own.done('getOwnAgency'), created);
    const client = await own.done('createClient', { body: { fileReference: 'N-1' } });
    t.equal((await own.done('getClient', { params: { clientId: client.id } })).fileReference, 'N-1');
    t.equal((await own.refused('listStatements', { params: { clientId: client.id } })).code, 'scope-missing');
    const stranger = await generateClientKey('EdDSA');
    await t.rejects(
      tokenOf(exchange.url, clientId, stranger.key),
      { code: 'invalid_client' },
      'with another key it is nobody',
    );
  },
);

await throughADoor(t, exchange, 'a system is registered under rules', async (t, as, door) => {
  const admin = await as('admin');
  const { id: agencyId } = await admin.done('createAgency', { body: ABOUT });
  const { key, jwks } = await generateClientKey();
  const register = (more: object, agency = agencyId) =>
    admin.call('registerSystem', {
      params: { agencyId: agency },
      body: { clientId: `regeln-${door.toLowerCase()}`, scopes: ['laufzettel:read'], jwks, ...more },
    });
  const small = { kty: 'EC', crv: 'P-256', x: jwks.keys[0].x, y: jwks.keys[0].y, kid: 'k' };
  const rows: [string, object, string, string | null][] = [
    ['a private key is refused', { jwks: { keys: [key] } }, 'rule-broken', '/jwks/keys'],
    ['a key that is none is refused', { jwks: { keys: [small] } }, 'rule-broken', '/jwks/keys'],
    ['nobody becomes the admin', { scopes: ['laufzettel:read', 'exchange:admin'] }, 'rule-broken', '/scopes'],
    ['a scope has to exist', { scopes: ['everything'] }, 'bad-request', '/scopes/0'],
    ['at least one scope', { scopes: [] }, 'bad-request', '/scopes'],
    ['at least one key', { jwks: { keys: [] } }, 'bad-request', '/jwks/keys'],
    ['a clientId has its letters', { clientId: 'Ä' }, 'bad-request', '/clientId'],
    ['a clientId is taken once', { clientId: 'arge-pinneberg' }, 'conflict', null],
  ];
  for (const [why, more, code, pointer] of rows) {
    const refused = await register(more);
    t.match(refused, { ok: false, code, extra: pointer === null ? {} : { errors: [{ pointer }] } }, why);
  }
  t.match(await register({}, NOTHING), { code: 'not-found' });
  const mine = await exchange.sql('SELECT FROM system_client WHERE agency_id = $1', [agencyId]);
  t.equal(mine.length, 0, 'nothing was registered');
  t.match(await register({}), { ok: true });
});

await throughADoor(t, exchange, 'what an agency is told about has a form', async (t, as) => {
  const admin = await as('admin');
  const rows: [object, string][] = [
    [{ kind: 'ANYTHING' }, '/kind'],
    [{ name: ' ' }, '/name'],
    [{ name: 'zwei\nZeilen' }, '/name'],
    [{ name: 'x'.repeat(201) }, '/name'],
    [{ languages: ['Deutsch!'] }, '/languages/0'],
    [{ topics: ['klein'] }, '/topics/0'],
    [{ services: Array.from({ length: 51 }, () => 'LEISTUNG') }, '/services'],
  ];
  for (const [wrong, pointer] of rows) {
    const refused = await admin.refused('createAgency', { body: { ...ABOUT, ...wrong } });
    t.match(refused, { code: 'bad-request', status: 400, extra: { errors: [{ pointer }] } }, JSON.stringify(wrong));
  }
  const longest = await admin.done('createAgency', { body: { ...ABOUT, name: 'x'.repeat(200) } });
  t.equal(longest.name.length, 200);
});

await throughADoor(t, exchange, 'two systems of one agency see the same clients', async (t, _as, door) => {
  const first = await admit(exchange, door);
  const second = await admit(exchange, door, { agencyId: first.id });
  const client = await first.system.done('createClient', { body: { fileReference: 'gemeinsam' } });
  t.same(await second.system.done('getClient', { params: { clientId: client.id } }), client);
  const { nextCursor, items } = await first.system.done('listClients', { query: { limit: 1 } });
  t.same(items, [client]);
  t.equal(nextCursor, null);
});
