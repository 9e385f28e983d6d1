/** The master key is changed: what the command does to the wrappings, what it refuses, and what it leaves alone. */
import { randomBytes } from 'node:crypto';
import { MasterKey, MasterKeyRing, masterKeyOf } from '../../src/persistence/master-key.ts';
import { rotateMasterKey } from '../../src/persistence/rotate-master-key.ts';
import { createVault } from '../../src/persistence/vault.ts';
import { sealedAs } from '../../src/usecases/ports.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { expecting, MASTER, newClient, newSlip } from '../walls/scenes.ts';
import { connectAs } from '../walls/service-role.ts';

const newKey = (): Buffer => randomBytes(32);
const NO_WAIT = { settleMs: 0 };

const exchange = await startExchange();
t.teardown(() => exchange.close());
const arge = await exchange.as('arge');
const clients: string[] = [];
for (let i = 0; i < 4; i++) clients.push(await newClient(arge, `BG-${i}`));
await newSlip(arge, clients[0]!, [MASTER]);
const url = exchange.database.migrateUrl;
const service = await connectAs(exchange.database.serviceUrl);
t.teardown(() => service.close());

/** A client of arge, as the service's role makes it. */
const create = (wrapped: Buffer) =>
  service.attempt('SELECT api.create_client($1, $2, NULL, NULL, $3) AS is', [
    { agency: AGENCY.arge, system: 'probe', caseworker: null },
    { id: '01980000-0000-7000-8000-0000000000aa' },
    wrapped,
  ]);
const wrappedBy = (key: Buffer) => new MasterKey(key).wrap('client:x', randomBytes(32));

const wrappings = (): Promise<{ name: string; wrapped: Buffer | null }[]> =>
  exchange.sql(
    `SELECT 'client:' || client_id AS name, wrapped FROM client_key
     UNION ALL SELECT 'exchange:' || name, wrapped FROM exchange_key ORDER BY 1`,
  );

/** How many wrappings a master key opens, of how many. */
async function opened(key: Buffer): Promise<string> {
  const rows = (await wrappings()).filter((row) => row.wrapped !== null);
  const master = new MasterKey(key);
  const opens = ({ name, wrapped }: (typeof rows)[number]): boolean => {
    try {
      return master.unwrap(name, wrapped!).length > 0;
    } catch {
      return false;
    }
  };
  return `${rows.filter(opens).length} of ${rows.length}`;
}

t.test('the command changes nothing when the former key is missing in the file', async (t) => {
  const before = await wrappings();
  for (const keys of [[newKey()], [newKey(), newKey()]]) {
    await t.rejects(rotateMasterKey(url, { ...NO_WAIT, keys }), { code: 'master-key-other' });
  }
  // The function's own rights are the owner's, so it does for the owner what it does for the service.
  await exchange.sql('SELECT api.keep_exchange_key($1, $2)', ['masterKey', wrappedBy(exchange.masterKey)]);
  t.same(await wrappings(), before, 'and the service cannot announce one');
});

t.test('every key is wrapped by the new master key, the former one opens nothing, and contents stay', async (t) => {
  const contents = () => exchange.sql('SELECT entry_id, sealed FROM entry_payload ORDER BY 1');
  const before = await contents();
  const key = newKey();
  t.equal(await opened(exchange.masterKey), '10 of 10');
  const done = await rotateMasterKey(url, { ...NO_WAIT, keys: [key, exchange.masterKey] });
  t.same(done, { wrappedAnew: 10, checked: 11 });
  t.equal(await opened(key), '11 of 11');
  t.equal(await opened(exchange.masterKey), '0 of 11');
  t.same(await contents(), before);

  await t.test('afterwards the service’s role wraps by it alone, and changes and announces nothing', async (t) => {
    t.same(await create(wrappedBy(key)), [{ is: 'ok' }], 'by the master key in use');
    t.equal(await create(wrappedBy(exchange.masterKey)), 'LZ503', 'not by the former one');
    t.equal(await create(wrappedBy(newKey())), 'LZ503', 'nor by any other');
    t.equal(await service.attempt('UPDATE client_key SET wrapped = wrapped'), '42501', 'it changes no wrapping');
    t.equal(await service.attempt('UPDATE exchange_key SET wrapped = wrapped'), '42501');
    const another = await service.attempt('SELECT api.keep_exchange_key($1, $2)', ['another', wrappedBy(newKey())]);
    t.equal(another, 'LZ503', 'nor does it keep a key of the exchange by any other');
    const inUse = await service.attempt(`SELECT encode(api.master_key_in_use(), 'hex') AS is`);
    t.same(inUse, [{ is: new MasterKey(key).fingerprint }]);
  });

  const again = await rotateMasterKey(url, { ...NO_WAIT, keys: [key] });
  t.same(again, { wrappedAnew: 0, checked: 11 }, 'a second run finds nothing to do, and needs the new one alone');
  const back = await rotateMasterKey(url, { ...NO_WAIT, keys: [exchange.masterKey, key] });
  t.same(back, { wrappedAnew: 10, checked: 11 }, 'and the way back is the same way');
  t.equal((await arge.get(`/v1/clients/${clients[0]}`)).body.fileReference, 'BG-0');
});

t.test('two runs at once are done one after the other', async (t) => {
  const key = newKey();
  const options = { ...NO_WAIT, keys: [key, exchange.masterKey] };
  const both = await Promise.all([rotateMasterKey(url, options), rotateMasterKey(url, options)]);
  t.same(
    both.map((one) => one.wrappedAnew).sort((a, b) => a - b),
    [0, 10],
  );
  await rotateMasterKey(url, { ...NO_WAIT, keys: [exchange.masterKey, key] });
});

t.test('an erased client stays erased, also when it is erased while the keys are wrapped anew', async (t) => {
  const erase = async (client: string) =>
    expecting(200, await arge.post(`/v1/clients/${client}/erase`, { confirm: true }));
  await erase(clients[0]!);
  let erasing: Promise<unknown> | undefined;
  const key = newKey();
  await rotateMasterKey(url, {
    ...NO_WAIT,
    keys: [key, exchange.masterKey],
    onAnnounced: () => {
      erasing = erase(clients[1]!);
    },
  });
  await erasing;
  const left = (await wrappings()).filter((row) => row.name.startsWith('client:') && row.wrapped !== null);
  t.same(
    left.map((row) => row.name),
    [clients[2], clients[3]].map((id) => `client:${id}`),
  );
  const put = 'UPDATE client_key SET wrapped = $2, destroyed_at = NULL WHERE client_id = $1';
  await t.rejects(exchange.sql(put, [clients[0], left[0]!.wrapped]), { code: 'LZ903' }, 'no statement brings it back');
  await rotateMasterKey(url, { ...NO_WAIT, keys: [exchange.masterKey, key] });
});

t.test('with a key that is damaged the former master key stays in use, and it says which', async (t) => {
  // Its first byte behind the fingerprint, as a disk may do it.
  const damage = 'UPDATE client_key SET wrapped = set_byte(wrapped, 8, get_byte(wrapped, 8) # 1) WHERE client_id = $1';
  await exchange.sql(damage, [clients[3]]);
  const key = newKey();
  const run = rotateMasterKey(url, { ...NO_WAIT, keys: [key, exchange.masterKey] });
  await t.rejects(run, { code: 'master-key-other', message: new RegExp(`client:${clients[3]} is damaged`) });
  t.same(await create(wrappedBy(exchange.masterKey)), [{ is: 'ok' }], 'what the former one wraps is taken');
  t.same(await create(wrappedBy(key)), [{ is: 'ok' }], 'as what the new one wraps is');
});

t.test('a process comes to know a master key that was put into its file', async (t) => {
  const [former, next] = [newKey(), newKey()];
  let file: Buffer[] | null = [former];
  let read = 0;
  const failures: unknown[] = [];
  const ring = new MasterKeyRing(
    () => {
      read += 1;
      if (file === null) throw new Error('gone');
      return file;
    },
    (error) => failures.push(error),
  );
  const byNext = new MasterKey(next).wrap('client:x', Buffer.from('secret'));
  const later = () => new Promise((resolve) => setTimeout(resolve, 1_010));

  t.throws(() => ring.unwrap('client:x', byNext), { code: 'master-key-other' });
  for (let i = 0; i < 100; i++) t.throws(() => ring.unwrap('client:x', byNext));
  t.equal(read, 1, 'the file is not read for every wrapping that does not open');
  file = null;
  await later();
  t.equal(ring.use(masterKeyOf(byNext)), false);
  t.equal(failures.length, 1, 'a file that is gone is told of');
  t.equal(ring.wrap('client:x', Buffer.from('y')).subarray(0, 8).toString('hex'), new MasterKey(former).fingerprint);
  file = [next];
  await later();
  t.equal(ring.unwrap('client:x', byNext).toString(), 'secret');
  t.equal(ring.inUse, new MasterKey(former).fingerprint, 'knowing one is not using it');
  t.equal(ring.use(masterKeyOf(byNext)), true);
  t.equal(masterKeyOf(ring.wrap('client:x', Buffer.from('y'))), new MasterKey(next).fingerprint);
  t.equal(ring.unwrap('client:x', new MasterKey(former).wrap('client:x', Buffer.from('z'))).toString(), 'z');
});

t.test('a wrapping that was changed is unwrapped again, and takes the place of the former one', async (t) => {
  const [former, next] = [new MasterKey(newKey()), new MasterKey(newKey())];
  let unwrapped = 0;
  const vault = createVault(
    {
      wrap: (name, secret) => former.wrap(name, secret),
      unwrap: (name, wrapped) => {
        unwrapped += 1;
        return (masterKeyOf(wrapped) === former.fingerprint ? former : next).unwrap(name, wrapped);
      },
    },
    { blindIndex: randomBytes(32), cursor: randomBytes(32) },
  );
  const clientId = 'client-1';
  const context = sealedAs.payload('e1', 'STAMMDATEN');
  const wrapped = vault.newWrappedKey(clientId);
  const sealed = vault.seal({ clientId, wrapped }, context, 'value');
  const anew = next.wrap(`client:${clientId}`, former.unwrap(`client:${clientId}`, wrapped));
  for (let i = 0; i < 3; i++) t.equal(vault.open({ clientId, wrapped: anew, sealed }, context), 'value');
  t.equal(unwrapped, 2, 'once for each wrapping');
  vault.open({ clientId, wrapped, sealed }, context);
  t.equal(unwrapped, 3, 'and the former one was not kept beside it');
});
