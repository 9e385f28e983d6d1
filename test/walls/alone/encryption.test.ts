/**
 * Wall 4 alone: what is stored opens with its own key, in its own place, and in no other way. Nobody decides and nobody asks for a
 * role here: whoever holds the rows has them all.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Test } from 'tap';
import { fetchToken } from '../../../src/auth/client-credentials.ts';
import { readKeyFile } from '../../../src/cli/keys.ts';
import { MasterKey, MasterKeyRing } from '../../../src/persistence/master-key.ts';
import { createVault } from '../../../src/persistence/vault.ts';
import { sealedAs } from '../../../src/usecases/ports.ts';
import { systemAt } from '../../support/both-doors.ts';
import { disguises, marker, markersIn } from '../../support/canary.ts';
import { startChild } from '../../support/child.ts';
import { no, yes } from '../../support/consent-bodies.ts';
import { newDataDir } from '../../support/data-dir.ts';
import { AGENCY, startExchange } from '../../support/exchange.ts';
import { failsWith, startMain, urlOf } from '../../support/main.ts';
import { t } from '../../support/t.ts';
import { expecting, forward, newClient, newSlip, partners, read, release, sayYes } from '../scenes.ts';

/** The commands for a shell in a section of the operator's page. */
const commandsOf = (title: string): string[] => {
  const page = readFileSync(new URL('../../../docs/operate.md', import.meta.url), 'utf8');
  const section = page.split(`\n## ${title}\n`)[1]!.split('\n## ')[0]!;
  return [...section.matchAll(/```bash\n(.*?)```/gs)].map((match) => match[1]!);
};

/** The service with its own database, and an agency at it. */
async function startedOn(t: Test, dataDir: string) {
  const child = startMain(t, { DATA_DIR: dataDir });
  const url = await urlOf(child);
  const key = await readKeyFile(join(dataDir, 'keys', 'arge-pinneberg.json'));
  const { accessToken } = await fetchToken({ tokenUrl: `${url}/oauth/token`, clientId: 'arge-pinneberg', key });
  const stop = async () => {
    child.process.kill('SIGTERM');
    return child.ended;
  };
  return { arge: systemAt('REST', url, accessToken), stop };
}

const secrets = { blindIndex: randomBytes(32), cursor: randomBytes(32) };
const vault = createVault(new MasterKey(Buffer.alloc(32, 7)), secrets);
const keyOf = (clientId: string) => ({ clientId, wrapped: vault.newWrappedKey(clientId) });
const VALUE = { familienname: 'Erfunden' };

t.test('what was sealed opens in its place', async (t) => {
  const key = keyOf('client-1');
  const sealed = vault.seal(key, sealedAs.payload('e1', 'STAMMDATEN'), VALUE);
  t.same(vault.open({ ...key, sealed }, sealedAs.payload('e1', 'STAMMDATEN')), VALUE);
  t.notMatch(sealed.toString('latin1'), /Erfunden|familienname/);
});

t.test('what was moved does not open', async (t) => {
  const key = keyOf('client-1');
  const other = keyOf('client-2');
  const payload = sealedAs.payload('e1', 'STAMMDATEN');
  const sealed = vault.seal(key, payload, VALUE);
  const opens = (name: string, attempt: () => unknown): void => {
    t.throws(attempt, name);
  };
  opens('to another entry', () => vault.open({ ...key, sealed }, sealedAs.payload('e2', 'STAMMDATEN')));
  opens('to another category', () => vault.open({ ...key, sealed }, sealedAs.payload('e1', 'KONTAKT')));
  opens('into evidence', () => vault.open({ ...key, sealed }, sealedAs.evidence('e1')));
  opens('into a file reference', () => vault.open({ ...key, sealed }, sealedAs.fileReference('client-1')));
  opens('to another client', () => vault.open({ ...other, sealed }, payload));
  opens('with its key, to another client', () => vault.open({ ...key, clientId: 'client-2', sealed }, payload));
  opens('to another key of the same client', () => vault.open({ ...keyOf('client-1'), sealed }, payload));

  const evidence = vault.seal(key, sealedAs.evidence('s1'), 'Ordner 1');
  opens('evidence to another statement', () => vault.open({ ...key, sealed: evidence }, sealedAs.evidence('s2')));
  const reference = vault.seal(key, sealedAs.fileReference('client-1'), 'BG-1');
  opens('a file reference', () => vault.open({ ...key, sealed: reference }, sealedAs.fileReference('client-2')));
});

t.test('no bit can be changed and no byte left out', async (t) => {
  const key = keyOf('client-1');
  const changed = (bytes: Buffer, at: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy[at]! ^= 1;
    return copy;
  };
  for (const [what, context, value] of [
    ['a payload', sealedAs.payload('e1', 'STAMMDATEN'), VALUE],
    ['evidence', sealedAs.evidence('s1'), 'Ordner 1'],
    ['a file reference', sealedAs.fileReference('client-1'), 'BG-1'],
  ] as const) {
    const sealed = vault.seal(key, context, value);
    for (let at = 0; at < sealed.length; at++) {
      t.throws(() => vault.open({ ...key, sealed: changed(sealed, at) }, context), `${what}, byte ${at}`);
      t.throws(() => vault.open({ ...key, sealed: sealed.subarray(0, at) }, context), `${what}, its first ${at} bytes`);
    }
    for (let at = 0; at < key.wrapped.length; at++) {
      t.throws(() => vault.open({ ...key, wrapped: changed(key.wrapped, at), sealed }, context), `its key, byte ${at}`);
    }
  }
});

t.test('another master key opens nothing, and says which one is missing', async (t) => {
  const other = createVault(new MasterKey(Buffer.alloc(32, 8)), secrets);
  const key = keyOf('client-1');
  const sealed = vault.seal(key, 'x', VALUE);
  t.throws(() => other.open({ ...key, sealed }, 'x'), { message: /master key is another one/ });
  t.throws(() => new MasterKey(Buffer.alloc(16)), { message: /32 bytes/ });
});

t.test('equal values do not look equal', async (t) => {
  const key = keyOf('client-1');
  const many = Array.from({ length: 1000 }, () => vault.seal(key, 'x', VALUE).subarray(0, 12).toString('hex'));
  t.equal(new Set(many).size, many.length, 'no nonce came twice');
  t.notSame(vault.newWrappedKey('client-1'), vault.newWrappedKey('client-1'));
});

t.test('a file reference is found by its agency, and by nobody without the key', async (t) => {
  t.same(vault.blindIndex('a', 'BG-1'), vault.blindIndex('a', 'BG-1'));
  t.same(vault.blindIndex('a', 'Mu\u0308ller'), vault.blindIndex('a', 'Müller'), 'however it was typed');
  t.notSame(vault.blindIndex('a', 'BG-1'), vault.blindIndex('b', 'BG-1'));
  const other = createVault(new MasterKey(Buffer.alloc(32, 7)), { ...secrets, blindIndex: randomBytes(32) });
  t.notSame(other.blindIndex('a', 'BG-1'), vault.blindIndex('a', 'BG-1'));
});

t.test('a cursor opens for its caller and its list', async (t) => {
  const position = { at: 1_790_000_000_000, id: '01980000-0000-7000-8000-000000000001' };
  const cursor = vault.sealCursor('a', 'clients', position);
  t.same(vault.openCursor('a', 'clients', cursor), position);
  t.notMatch(Buffer.from(cursor, 'base64url').toString('latin1'), /1790000000000|01980000/);
  for (const [caller, list, text] of [
    ['b', 'clients', cursor],
    ['a', 'entries:1', cursor],
    ['a', 'clients', `${cursor.slice(0, -2)}AA`],
    ['a', 'clients', ''],
    ['a', 'clients', 'no cursor'],
  ] as const) {
    t.equal(vault.openCursor(caller, list, text), null);
  }
});

t.test('a dump of the database shows no content, no proof and no file reference', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { arge, caritas, diakonie } = await partners(exchange, 'arge', 'caritas', 'diakonie');
  const evidenceRef = marker('evidence of a statement', 'Ordner');
  const client = await newClient(arge, marker('a file reference', 'BG'));
  await newClient(caritas, marker('another file reference', 'MB'));
  const slip = await newSlip(arge, client, [
    { category: 'STAMMDATEN', payload: { familienname: marker('a name'), vorname: marker('a first name') } },
    { category: 'KONTAKT', payload: { anschrift: { strasse: marker('a street'), ort: 'Pinneberg' } } },
    { category: 'BERATUNGSNOTIZ', payload: { thema: 'SCHULDEN', text: marker('a note') } },
  ]);
  const categories = ['STAMMDATEN', 'KONTAKT', 'BERATUNGSNOTIZ'];
  await sayYes(arge, client, 'caritas', categories, { evidenceRef });
  await sayYes(arge, client, 'diakonie', categories, { evidenceRef: marker('other evidence', 'Ordner') });
  await release(arge, client, 'caritas', ['BERATUNGSNOTIZ']);
  const first = await forward(arge, slip.id, 'caritas');
  const { clientId, entries } = await read(caritas, first);
  t.equal(entries.length, 3);
  const second = await forward(caritas, slip.id, 'diakonie');
  await read(diakonie, second);
  const answer = { category: 'RUECKMELDUNG', payload: { ergebnis: 'ERLEDIGT', text: marker('feedback') } };
  expecting(201, await caritas.post(`/v1/clients/${clientId}/entries`, answer));
  expecting(201, await arge.post(`/v1/clients/${client}/statements`, no({ recipient: AGENCY.diakonie })));

  const tables: { name: string }[] = await exchange.sql(
    `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name FROM pg_class c JOIN pg_namespace n
     ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  );
  t.ok(tables.length > 15);
  for (const { name } of tables) {
    // As COPY would write it, bytea in hexadecimal; and every byte as the letter that it might be.
    const rows = await exchange.sql(`SELECT whole_row::text AS line FROM ${name} AS whole_row`);
    const text = rows.map((row) => row.line).join('\n');
    const bytes = text.replaceAll(/\\\\?x([0-9a-f]+)/g, (_, hex: string) => Buffer.from(hex, 'hex').toString('latin1'));
    t.same(markersIn(`${text}\n${bytes}`), [], name);
  }
  const sizes = await exchange.sql('SELECT count(*)::int AS many FROM entry_payload');
  t.same(sizes, [{ many: 4 }], 'there was something to be found');
  t.same(markersIn(exchange.log.join('\n')), [], 'the log');

  await t.test('and the search would have found it', async (t) => {
    const value = marker('a probe');
    for (const around of ['', '{"a":"', 'ab']) {
      const bytes = Buffer.from(`${around}${value}"}`);
      for (const text of [
        bytes.toString(),
        bytes.toString('base64'),
        bytes.toString('base64url'),
        bytes.toString('hex'),
      ]) {
        t.same(markersIn(`… ${text} …`), ['a probe'], text);
      }
    }
    t.ok(disguises('Müller "x"').includes(encodeURIComponent('Müller "x"')));
    await exchange.sql('CREATE TABLE scratch (one text, two bytea)');
    await exchange.sql('INSERT INTO scratch VALUES ($1, $2)', ['x', Buffer.from(value)]);
    const [row] = await exchange.sql('SELECT whole_row::text AS line FROM scratch AS whole_row');
    t.same(markersIn(row.line), ['a probe'], 'in a column of bytes too');
  });
});

t.test('the database’s own files tell nothing without the master key, before and after it was changed', async (t) => {
  const dataDir = await newDataDir(t);
  const keyFile = join(dataDir, 'master.key');
  const service = await startedOn(t, dataDir);
  const markers = {
    reference: marker('its reference', 'BG'),
    name: marker('a name'),
    evidence: marker('evidence', 'O'),
  };
  const { id: clientId } = await service.arge.done('createClient', { body: { fileReference: markers.reference } });
  const body = { category: 'STAMMDATEN', payload: { familienname: markers.name, vorname: 'Amira' } };
  const { id: entryId } = await service.arge.done('addEntry', { params: { clientId }, body });
  const said = yes({ recipient: AGENCY.caritas, categories: ['STAMMDATEN'], evidenceRef: markers.evidence });
  await service.arge.done('recordStatement', { params: { clientId }, body: said });
  const { id: gone } = await service.arge.done('createClient', {
    body: { fileReference: marker('an erased one', 'BG') },
  });
  await service.arge.done('eraseClient', { params: { clientId: gone }, body: { confirm: true } });
  const former = (await readFile(keyFile, 'utf8')).trim();

  // As docs/operate.md tells it, while the service runs.
  const [putBefore, takeOut] = commandsOf('Another master key');
  const type = (commands: string) =>
    promisify(execFile)('bash', ['-euc', commands], { env: { PATH: process.env.PATH, KEY_FILE: keyFile } });
  await type(putBefore!);
  const rotated = await startChild('src/cli/rotate-master-key.ts', [], { environment: { DATA_DIR: dataDir } }).ended;
  t.same({ exitCode: rotated.exitCode, stderr: rotated.stderr }, { exitCode: 0, stderr: '' });
  t.match(rotated.stdout, /"code":"master-key-rotated"/);
  t.match(await service.arge.done('getEntry', { params: { entryId } }), body, 'a running service goes on');
  await type(takeOut!);
  const next = (await readFile(keyFile, 'utf8')).trim();
  t.notSame(next, former);
  t.equal((await stat(keyFile)).mode & 0o777, 0o600);
  await service.stop();

  const cluster = join(dataDir, 'postgres/cluster');
  const home = existsSync(cluster) ? cluster : (await readFile(join(dataDir, 'postgres-home'), 'utf8')).trim();
  let searched = 0;
  const foundIds = new Set<string>();
  for (const file of await readdir(home, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const bytes = await readFile(join(file.parentPath, file.name), 'latin1');
    searched += bytes.length;
    t.same(markersIn(bytes), [], file.name);
    for (const key of [former, next]) {
      const found = bytes.includes(key) || bytes.includes(Buffer.from(key, 'base64').toString('latin1'));
      if (found) t.fail(`${file.name} holds a master key`);
    }
    // That the search finds what stands there: the handle's id does, in sixteen bytes.
    if (bytes.includes(Buffer.from(clientId.replaceAll('-', ''), 'hex').toString('latin1'))) foundIds.add(file.name);
  }
  t.ok(searched > 10_000_000, 'everything was searched');
  t.ok(foundIds.size > 0, 'and what stands there is found');

  const restarted = await startedOn(t, dataDir);
  t.match(await restarted.arge.done('getEntry', { params: { entryId } }), body, 'with the new key alone it starts');
  t.match(await restarted.arge.done('getClient', { params: { clientId } }), { fileReference: markers.reference });
  await restarted.stop();
  await writeFile(keyFile, `${former}\n`);
  await failsWith(t, startMain(t, { DATA_DIR: dataDir }), /^The master key is another one/);
});

t.test('who has the master key and an old ciphertext has nothing, once the handle was erased', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const arge = await exchange.as('arge');
  const client = await newClient(arge, 'BG-1');
  const other = await newClient(arge, 'BG-2');
  const { entryIds } = await newSlip(arge, client, [
    { category: 'STAMMDATEN', payload: { familienname: 'Erfunden', vorname: 'Amira' } },
  ]);
  const [{ sealed }] = await exchange.sql('SELECT sealed FROM entry_payload WHERE entry_id = $1', [entryIds[0]]);
  const keys = (): Promise<{ clientId: string; wrapped: Buffer | null }[]> =>
    exchange.sql('SELECT client_id AS "clientId", wrapped FROM client_key ORDER BY client_id = $1', [client]);
  const ring = new MasterKeyRing(() => [exchange.masterKey]);
  /** By every key that the database holds, whatever handle it is of. */
  const opens = async (): Promise<number> => {
    const holder = createVault(ring, secrets);
    const context = sealedAs.payload(entryIds[0]!, 'STAMMDATEN');
    return (await keys()).filter(({ clientId, wrapped }) => {
      try {
        return wrapped !== null && holder.open({ clientId, wrapped, sealed }, context) !== undefined;
      } catch {
        return false;
      }
    }).length;
  };
  t.equal(await opens(), 1, 'before, with the handle’s key');
  expecting(200, await arge.post(`/v1/clients/${client}/erase`, { confirm: true }));
  t.same(await exchange.sql('SELECT sealed FROM entry_payload WHERE entry_id = $1', [entryIds[0]]), [{ sealed }]);
  t.equal(await opens(), 0, 'afterwards with none');
  t.same(
    (await keys()).map(({ clientId, wrapped }) => [clientId, wrapped !== null]),
    [
      [other, true],
      [client, false],
    ],
    'one handle’s key is gone, no other’s',
  );
  t.same(
    await exchange.sql('SELECT file_reference_sealed AS is, file_reference_index AS found FROM client WHERE id = $1', [
      client,
    ]),
    [{ is: null, found: null }],
    'and its file reference with it, with what it was found by',
  );
});
