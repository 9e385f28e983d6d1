/** An agency's systems: new keys without a gap, and one that is switched off. */
import type { JWK } from 'jose';
import { generateClientKey } from '../../src/auth/client-credentials.ts';
import { systemAt, throughADoor, tokenOf } from '../support/both-doors.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { admit, NOTHING } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const isRefused = (clientId: string, key: JWK): Promise<boolean> =>
  tokenOf(exchange.url, clientId, key).then(
    () => false,
    () => true,
  );

await throughADoor(t, exchange, 'a key is rolled over, and the old one gets no token', async (t, as, door) => {
  const [one, other, admin] = [await admit(exchange, door), await admit(exchange, door), await as('admin')];
  const clientId = `rolled-${door.toLowerCase()}`;
  const [old, next] = [await generateClientKey(), await generateClientKey('EdDSA')];
  const scopes = ['laufzettel:read'];
  const params = { agencyId: one.id, clientId };
  await admin.done('registerSystem', { params: { agencyId: one.id }, body: { clientId, scopes, jwks: old.jwks } });

  const both = { keys: [...old.jwks.keys, ...next.jwks.keys] };
  const rolling = await one.system.done('replaceSystemKeys', { params, body: { jwks: both } });
  t.match(rolling, { clientId, agencyId: one.id, scopes, keyIds: [old.key.kid, next.key.kid], disabledAt: null });
  t.notOk(await isRefused(clientId, old.key), 'both keys are taken');
  t.notOk(await isRefused(clientId, next.key));
  await one.system.done('replaceSystemKeys', { params, body: { jwks: next.jwks } });
  t.ok(await isRefused(clientId, old.key), 'the old one is not');
  t.notOk(await isRefused(clientId, next.key));

  const { items } = await one.system.done('listSystems', { params: { agencyId: one.id } });
  t.match(
    items.find((system: { clientId: string }) => system.clientId === clientId),
    { keyIds: [next.key.kid], scopes },
  );
  t.notOk(JSON.stringify(items).includes('"x"'), 'no key, only its name');
  t.same((await admin.done('listSystems', { params: { agencyId: one.id } })).items, items);

  const foreign = await other.system.refused('replaceSystemKeys', { params, body: { jwks: old.jwks } });
  const unknown = await other.system.refused('replaceSystemKeys', {
    params: { ...params, agencyId: NOTHING },
    body: { jwks: old.jwks },
  });
  t.equal(foreign.bytes, unknown.bytes);
  t.equal(foreign.code, 'not-found');
  t.match(await other.system.refused('listSystems', { params: { agencyId: one.id } }), { code: 'not-found' });
  const own = { ...params, agencyId: other.id };
  t.match(
    await other.system.refused('disableSystem', { params: own }),
    { code: 'not-found' },
    'not by its name either',
  );
  const secret = { keys: [{ ...next.key, kid: 'secret' }] };
  const refused = await one.system.refused('replaceSystemKeys', { params, body: { jwks: secret } });
  t.match(refused, { code: 'rule-broken', extra: { errors: [{ pointer: '/jwks/keys' }] } });
  t.notOk(refused.bytes.includes(String(next.key.d)), 'a private key is not repeated');
});

await throughADoor(t, exchange, 'a system that is switched off stays so', async (t, as, door) => {
  const [one, admin] = [await admit(exchange, door), await as('admin')];
  const clientId = `off-${door.toLowerCase()}`;
  const { key, jwks } = await generateClientKey();
  const params = { agencyId: one.id, clientId };
  const registered = { clientId, scopes: ['laufzettel:read'], jwks };
  await admin.done('registerSystem', { params: { agencyId: one.id }, body: registered });
  const disabled = await one.system.done('disableSystem', { params });
  t.type(disabled.disabledAt, 'string');
  t.ok(await isRefused(clientId, key));
  t.match(await one.system.refused('disableSystem', { params }), { code: 'conflict' });
  t.match(await admin.refused('replaceSystemKeys', { params, body: { jwks } }), { code: 'conflict' });
  const [noted] = await exchange.sql(
    `SELECT outcome, subject FROM audit WHERE agency_id = $1 AND action = 'system.disable'`,
    [one.id],
  );
  t.same(noted, { outcome: 'DONE', subject: { agency: one.id, system: clientId } });
  const narrow = systemAt(door, exchange.url, (await exchange.as('arge')).token);
  t.match(await narrow.refused('disableSystem', { params }), { code: 'not-found' });
});

t.test('who did not change it is told', async (t) => {
  const [one, admin] = [
    await admit(exchange, 'REST'),
    systemAt('REST', exchange.url, (await exchange.as('admin')).token),
  ];
  const { jwks } = await generateClientKey();
  const body = { clientId: 'told-system', scopes: ['laufzettel:read'], jwks };
  await admin.done('registerSystem', { params: { agencyId: one.id }, body });
  const params = { agencyId: one.id, clientId: 'told-system' };
  await admin.done('replaceSystemKeys', { params, body: { jwks } });
  await one.system.done('disableSystem', { params });
  const events = await exchange.sql(
    `SELECT type FROM event WHERE agency_id = $1 AND type LIKE 'system.%' AND subject = $2 ORDER BY at, id`,
    [one.id, { clientId: 'told-system' }],
  );
  t.same(events, [{ type: 'system.registered' }, { type: 'system.rekeyed' }], 'of who acts for it from now on, too');
});
