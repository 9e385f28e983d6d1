/** A file of operations in one request: each line as a request of its own. */
import { randomUUID } from 'node:crypto';
import { BULK_OPERATION_IDS } from '../../src/contract/bulk.ts';
import { entryOf } from '../operations/world.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { caseFile, clientLines, ref } from './case-file.ts';
import { type Json, sent, upload, uploadAll } from './requests.ts';

const exchange = await startExchange();
t.teardown(async () => {
  await exchange.close();
  sent.demandNone(exchange.log);
});
const { token, get, post } = await exchange.as('arge');
const uploaded = (lines: readonly (object | string | Buffer)[], by = token): Promise<Json[]> =>
  uploadAll(exchange.url, by, lines);
const opened = async (): Promise<number> => (await exchange.sql('SELECT count(*)::int AS many FROM client'))[0].many;
const statuses = (results: Json[]) => results.slice(0, -1).map(({ status }) => status);

t.test('a file with every operation loads a client with all that is about it', async (t) => {
  const file = caseFile();
  t.same([...new Set(file.map(({ operation }) => operation))].sort(), [...BULK_OPERATION_IDS].sort());
  const results = await uploaded(file);
  t.same(results.at(-1), { end: { lines: 8, done: 8, replayed: 0, failed: 0, complete: true, problem: null } });
  t.same(
    results.slice(0, -1).map(({ line, key, status, replayed }) => [line, key, status, replayed]),
    file.map(({ operation, key }, place) => [place + 1, key, operation === 'addToLaufzettel' ? 200 : 201, false]),
  );
  const [client, entry, other, said, , , slip, added] = results.map(({ output }) => output);
  t.same((await get(`/v1/clients/${client.id}`)).body, client);
  t.same((await get(`/v1/entries/${entry.id}`)).body, entry);
  t.same(other.concerns, [client.id]);
  t.same((await get(`/v1/clients/${client.id}/statements`)).body.items.at(-1), said);
  t.same(slip.entryIds, [entry.id]);
  t.same(added.entryIds.toSorted(), [entry.id, other.id].toSorted());
  const again = await uploaded(file);
  t.same(again.at(-1).end, { lines: 8, done: 8, replayed: 8, failed: 0, complete: true, problem: null });
  t.same(
    again.slice(0, -1).map(({ output }) => output.id),
    results.slice(0, -1).map(({ output }) => output.id),
    'the same file again does nothing, and names what it did',
  );
});

t.test('a line that is refused is refused as a request of its own would be, and the next one runs', async (t) => {
  const client = (await post('/v1/clients', {})).body.id;
  const body = { category: 'SPRACHE', payload: { erstsprache: 'Türkisch' } };
  const alone = (await post(`/v1/clients/${client}/entries`, body)).body;
  const [refused, unknown, next] = await uploaded([
    { operation: 'addEntry', key: randomUUID(), params: { clientId: client }, body },
    { operation: 'addEntry', key: randomUUID(), params: { clientId: randomUUID() }, body: entryOf('SPRACHE') },
    ...clientLines(1),
  ]);
  const { instance: _id, errors, ...problem } = refused.problem;
  const { instance: _other, errors: errorsAlone, ...problemAlone } = alone;
  t.equal(refused.status, 400);
  t.same(problem, problemAlone);
  t.same(
    errors,
    errorsAlone.map((one: Json) => ({ ...one, pointer: `/body${one.pointer}` })),
    'its pointers lead into the line',
  );
  t.match(unknown, { line: 2, status: 404, problem: { code: 'not-found' } });
  t.equal(next.status, 201);
});

t.test('what is no line is told where it stands, and the next one runs', async (t) => {
  const line = (change: object) => ({ operation: 'createClient', key: randomUUID(), body: {}, ...change });
  const nested = `{"operation":"createClient","key":"k","body":${'['.repeat(60)}${']'.repeat(60)}}\n`;
  const rows: [what: string, line: object | string | Buffer, code: string, pointer: string | null][] = [
    ['no JSON', 'Guten Tag\n', 'bad-request', null],
    ['half of a line', '{"operation": "createClient", \n', 'bad-request', null],
    ['no UTF-8', Buffer.from([0x7b, 0xe4, 0x7d, 0x0a]), 'bad-request', null],
    ['too long', `{"key": "${'x'.repeat(1024 * 1024)}"}\n`, 'body-too-large', null],
    ['too deep', nested, 'bad-request', null],
    ['a prototype', '{"__proto__": {}, "operation": "createClient", "key": "k"}\n', 'bad-request', null],
    ['a list', '[]\n', 'bad-request', ''],
    ['null', 'null\n', 'bad-request', ''],
    ['no operation', line({ operation: undefined }), 'bad-request', '/operation'],
    ['an unknown operation', line({ operation: 'dropEverything' }), 'bad-request', '/operation'],
    ['one that is not for files', line({ operation: 'forwardLaufzettel' }), 'bad-request', '/operation'],
    ['no key', line({ key: undefined }), 'bad-request', '/key'],
    ['a key with a space', line({ key: 'a b' }), 'bad-request', '/key'],
    ['a member too many', line({ query: {} }), 'bad-request', ''],
    ['a parameter too many', line({ params: { clientId: 'x' } }), 'bad-request', '/params'],
    ['a parameter too few', line({ operation: 'addEntry' }), 'bad-request', '/params/clientId'],
    ['a body of another form', line({ body: 7 }), 'bad-request', '/body'],
    [
      'an unknown reference',
      line({ operation: 'addEntry', params: { clientId: ref('nobody') } }),
      'bad-request',
      '/params/clientId',
    ],
    [
      'a reference and more',
      line({ operation: 'addEntry', params: { clientId: { $ref: 'k', more: 1 } } }),
      'bad-request',
      '/params/clientId',
    ],
  ];
  const before = await opened();
  const file = rows.flatMap(([, broken]) => [broken, line({})]);
  const results = await uploaded(file);
  t.same(results.at(-1).end, {
    lines: rows.length * 2,
    done: rows.length,
    replayed: 0,
    failed: rows.length,
    complete: true,
    problem: null,
  });
  for (const [place, [what, , code, pointer]] of rows.entries()) {
    const { line, problem } = results[place * 2];
    t.equal(line, place * 2 + 1, what);
    t.equal(problem.code, code, what);
    t.equal(problem.errors?.[0].pointer ?? null, pointer, what);
  }
  t.equal(await opened(), before + rows.length);
});

t.test('empty lines, ends of Windows, a mark at the beginning and no end at the end', async (t) => {
  const [one, other] = clientLines(2).map((line) => JSON.stringify(line));
  const results = await uploaded([`\ufeff${one}\r\n`, '\r\n', '  \n', '\n', other!]);
  t.same(
    results.map(({ line }) => line),
    [1, 5, undefined],
    'lines are counted as an editor counts them',
  );
  t.same(statuses(results), [201, 201]);
  t.same((await uploaded([])).at(-1).end, { lines: 0, done: 0, replayed: 0, failed: 0, complete: true, problem: null });
});

t.test('however the bytes are cut, the lines are the same', async (t) => {
  const file = Buffer.from(
    caseFile()
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  );
  const pieces = Array.from({ length: Math.ceil(file.length / 7) }, (_, place) =>
    file.subarray(place * 7, place * 7 + 7),
  );
  t.match((await uploaded(pieces)).at(-1), { end: { lines: 8, done: 8 } });
});

t.test('a reference is to what an earlier line of this upload made', async (t) => {
  const [name, key] = [randomUUID(), randomUUID()];
  const entry = (of: string) => ({
    operation: 'addEntry',
    key: randomUUID(),
    params: { clientId: ref(of) },
    body: entryOf('SPRACHE'),
  });
  const create = { operation: 'createClient', key: name, body: { fileReference: `Akte ${name}` } };
  await uploaded([create]);
  const refers = async (lines: object[]) => (await uploaded(lines)).at(-2);
  t.match(await refers([entry(name)]), { status: 400 }, 'not of an earlier upload');
  t.match(await refers([entry(name), create]), { status: 201 }, 'a later line');
  t.match((await uploaded([entry(name), create]))[0], { status: 400 }, 'not to a later line');
  t.match(await refers([create, entry(name)]), { status: 201 }, 'to one that was done before');
  const other = { ...create, body: { fileReference: `Akte ${key}` } };
  t.match(await refers([create, other, entry(name)]), { status: 400 }, 'not to one whose key is of another request');
  const taken = { operation: 'createClient', key, body: { fileReference: `Akte ${name}` } };
  t.match(await refers([taken, entry(key)]), { status: 400 }, 'not to one that failed');
  t.match(
    await refers([create, { ...entry(name), body: { ...entryOf('SPRACHE'), payload: ref(name) } }]),
    { status: 400, problem: { code: 'bad-request' } },
    'a payload has none',
  );
});

t.test('a key is the Idempotency-Key of a request of its own', async (t) => {
  const key = randomUUID();
  const first = await post('/v1/clients', { fileReference: `Akte ${key}` }, { 'idempotency-key': key });
  const line = (fileReference: string) => ({ operation: 'createClient', key, body: { fileReference } });
  const [same, other] = await uploaded([line(`Akte ${key}`), line('Akte 0')]);
  t.match(same, { status: 201, replayed: true, output: first.body });
  t.match(other, { status: 422, problem: { code: 'idempotency-mismatch' } });
});

t.test('an answer to a line comes as soon as it is done, before the next one is sent', async (t) => {
  const { send, finish, answer } = upload(exchange.url, token);
  const [first, second] = clientLines(2);
  send(first);
  const results = await answer;
  t.match(results.headers, {
    'content-type': 'application/x-ndjson',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  t.match(await results.next(), { line: 1, status: 201 });
  send(second);
  t.match(await results.next(), { line: 2, status: 201 });
  finish();
  t.match(await results.next(), { end: { complete: true } });
});

t.test('what is no upload is refused at once', async (t) => {
  const path = '/v1/bulk';
  const rows: [headers: Record<string, string>, code: string][] = [
    [{ 'content-type': 'application/json' }, 'media-type-unsupported'],
    [{ 'content-type': 'text/csv' }, 'media-type-unsupported'],
    [{ 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' }, 'media-type-unsupported'],
    [{ 'content-type': 'application/x-ndjson', authorization: 'Bearer nobody' }, 'token-invalid'],
    [
      { 'content-type': 'application/x-ndjson', authorization: `Bearer ${(await exchange.as('admin')).token}` },
      'scope-missing',
    ],
  ];
  for (const [headers, code] of rows)
    t.equal((await post(path, {}, headers)).body.code, code, JSON.stringify(Object.keys(headers)));
  t.equal((await get(path)).body.code, 'method-not-allowed');
  t.same((await post(path, undefined)).body.code, 'media-type-unsupported', 'no body and no type');
});

t.test('problems are told in the language that was asked for', async (t) => {
  const { send, finish, answer } = upload(exchange.url, token, { 'accept-language': 'de' });
  send('Guten Tag\n');
  finish();
  t.match(await (await answer).next(), { problem: { detail: 'Die Zeile ist kein lesbares JSON.' } });
});
