/** What ends an upload before its last line, and what is left of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MOST_LINES } from '../../src/contract/bulk.ts';
import { problem } from '../../src/domain/problem.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { caseFile, clientLines } from './case-file.ts';
import { streamDoor } from './door.ts';
import { type Json, sent, upload, uploadAll } from './requests.ts';

const SHORT_MS = 200;
const made = { id: 'made', fileReference: null, createdAt: '' };

t.test('a connection that breaks: the same file again does the rest, and nothing twice', async (t) => {
  const exchange = await startExchange();
  t.teardown(async () => {
    await exchange.close();
    sent.demandNone(exchange.log);
  });
  const { token } = await exchange.as('arge');
  const rows = async (): Promise<Json> =>
    (
      await exchange.sql(
        'SELECT (SELECT count(*) FROM client)::int AS clients, (SELECT count(*) FROM entry)::int AS entries',
      )
    )[0];
  const file = [...caseFile(), ...caseFile(), ...caseFile()];
  const first = upload(exchange.url, token);
  for (const line of file.slice(0, 12)) first.send(line);
  const results = await first.answer;
  const ids: string[] = [];
  for (let line = 0; line < 10; line++) ids.push((await results.next()).output.id);
  // In the middle of a line.
  first.send('{"operation": "createClient", "key": "half", "bo');
  first.vanish();
  const again = await uploadAll(exchange.url, token, file);
  const { end } = again.at(-1);
  t.match(end, { lines: 24, done: 24, failed: 0, complete: true, problem: null });
  t.ok(end.replayed >= 10 && end.replayed <= 12, 'what was answered was done, and at most what was sent');
  t.same(
    again.slice(0, 10).map(({ output }) => output.id),
    ids,
  );
  t.same(await rows(), { clients: 3, entries: 6 }, 'nothing twice, nothing lost');
  t.match((await uploadAll(exchange.url, token, file)).at(-1), { end: { done: 24, replayed: 24 } });
  t.same(await rows(), { clients: 3, entries: 6 });
});

t.test('a suspended agency is refused, and a suspension in the middle ends the upload', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { token } = await exchange.as('caritas');
  const suspend = (at: string) => exchange.sql(`UPDATE agency SET suspended_at = ${at} WHERE id = $1`, [caritas]);
  const [{ id: caritas }] = await exchange.sql(`SELECT id FROM agency WHERE name LIKE '%Caritas%'`);
  const [one, other, third] = clientLines(3);
  const { send, answer } = upload(exchange.url, token);
  send(one);
  const results = await answer;
  t.match(await results.next(), { status: 201 });
  await suspend('now()');
  send(other);
  send(third);
  t.match(await results.next(), { line: 2, status: 403, problem: { code: 'agency-suspended' } });
  t.match(await results.next(), {
    end: { lines: 2, done: 1, failed: 1, complete: false, problem: { code: 'agency-suspended' } },
  });
  t.equal(await results.next(), undefined);
  t.match((await uploadAll(exchange.url, token, [third])).at(-1), { end: { done: 0, complete: false } });
  await suspend('NULL');
  t.match((await uploadAll(exchange.url, token, [one, other, third])).at(-1), { end: { done: 3, replayed: 1 } });
});

t.test('an upload ends with its token', async (t) => {
  const door = await streamDoor({ callers: { short: { expiresAt: Date.now() + SHORT_MS } } });
  t.teardown(() => door.close());
  const { send, answer } = upload(door.url, 'short');
  send(clientLines(1)[0]);
  const results = await answer;
  t.match(await results.next(), { line: 1, status: 201 });
  // Nothing is sent any more, and nothing has to be.
  t.match(await results.next(), { end: { lines: 1, complete: false, problem: { code: 'token-invalid' } } });
  t.equal(await results.next(), undefined);
});

t.test('what cannot be done now ends the upload, for what comes after it might be done before it', async (t) => {
  let asked = 0;
  const createClient = async () => {
    asked += 1;
    return asked === 2 ? problem('overloaded', 'This took too long.', { extra: { retryAfterSeconds: 5 } }) : made;
  };
  const door = await streamDoor({ createClient });
  t.teardown(() => door.close());
  const results = await uploadAll(door.url, 'any', clientLines(5));
  t.match(results, [
    { line: 1, status: 201 },
    { line: 2, status: 503, problem: { code: 'overloaded', retryAfterSeconds: 5 } },
    { end: { lines: 2, done: 1, failed: 1, complete: false, problem: { code: 'overloaded' } } },
  ]);
  t.equal(results.length, 3);
  t.equal(asked, 2);
});

t.test('an exception is the problem of its line alone, and says nothing', async (t) => {
  let asked = 0;
  const createClient = async () => {
    asked += 1;
    if (asked === 1) throw new Error('CANARY');
    // What the contract demands is missing.
    return asked === 2 ? { id: 'made' } : { ...made, secret: 'CANARY' };
  };
  const door = await streamDoor({ createClient });
  t.teardown(() => door.close());
  const results = await uploadAll(door.url, 'any', clientLines(3));
  t.match(results, [
    { status: 500, problem: { code: 'internal' } },
    { status: 500, problem: { code: 'internal' } },
    { status: 201, output: made },
    { end: { done: 1, failed: 2, complete: true } },
  ]);
  t.notMatch(JSON.stringify(results), /CANARY/);
});

t.test('a process that stops ends the line that runs, and says that the rest was not done', async (t) => {
  const { promise: running, resolve: runs } = Promise.withResolvers<void>();
  const { promise: mayEnd, resolve: letEnd } = Promise.withResolvers<void>();
  let done = 0;
  const createClient = async () => {
    runs();
    await mayEnd;
    done += 1;
    return made;
  };
  const door = await streamDoor({ createClient });
  const [busy, idle] = [upload(door.url, 'any'), upload(door.url, 'any')];
  for (const line of clientLines(3)) busy.send(line);
  await running;
  // This one waits for a line.
  const idleAnswer = await idle.answer;
  const closed = door.close();
  t.match(
    await idleAnswer.rest(),
    [{ end: { lines: 0, complete: false } }],
    'who was between two lines is told at once',
  );
  letEnd();
  const results = await (await busy.answer).rest();
  t.match(results, [
    { line: 1, status: 201 },
    { end: { lines: 1, done: 1, complete: false, problem: { code: 'overloaded', retryAfterSeconds: 10 } } },
  ]);
  t.equal(results.length, 2);
  t.equal(done, 1);
  await closed;
});

t.test('two uploads of an agency at once, and so many of all', async (t) => {
  const callers = { third: { agency: '01980000-0000-7000-8000-000000000003' } };
  const door = await streamDoor({ callers, streams: { mostAtOnce: 3 } });
  t.teardown(() => door.close());
  const open = async (token: string) => {
    const one = upload(door.url, token);
    one.send(clientLines(1)[0]);
    const answer = await one.answer;
    return { ...one, results: answer, ...(answer.status === 200 ? {} : { refusal: await answer.next() }) };
  };
  const [first, second, refused] = [await open('any'), await open('any'), await open('any')];
  t.match(refused.refusal, { status: 429, code: 'rate-limited' });
  t.equal(refused.results.headers['retry-after'], '10');
  const other = await open('third');
  t.equal(other.results.status, 200, 'another agency has places of its own');
  t.match((await open('third')).refusal, { status: 503, code: 'overloaded' });
  first.finish();
  await first.results.rest();
  second.vanish();
  // The door hears of it a moment later.
  let again = await open('any');
  for (let left = 50; again.results.status !== 200 && left > 0; left--) {
    await sleep(20);
    again = await open('any');
  }
  t.equal(again.results.status, 200, 'a place is free again, however an upload ended');
  for (const one of [again, other]) one.finish();
});

t.test('who reads nothing keeps the lines waiting, and is given up in the end', async (t) => {
  let done = 0;
  const large = { ...made, fileReference: 'x'.repeat(100_000) };
  const createClient = async () => {
    done += 1;
    return large;
  };
  const door = await streamDoor({ createClient, streams: { patienceMs: SHORT_MS } });
  t.teardown(() => door.close());
  const { vanish, send, answer } = upload(door.url, 'any');
  const many = 1_000;
  for (const line of clientLines(many)) send(line);
  const { raw } = await answer;
  await door.logged('given-up');
  t.ok(done < many, 'what nobody takes the answers of is not done');
  t.notOk(raw.complete);
  const after = done;
  await sleep(SHORT_MS);
  t.equal(done, after);
  vanish();
});

t.test('who sends nothing is given up, and who takes its time is not', async (t) => {
  const door = await streamDoor({ streams: { patienceMs: SHORT_MS * 10 }, requestTimeoutMs: SHORT_MS });
  t.teardown(() => door.close());
  const slow = upload(door.url, 'any');
  const results = await slow.answer;
  // Node looks for requests that are late once in a second.
  for (const line of clientLines(4)) {
    slow.send(line);
    t.match(await results.next(), { status: 201 }, 'the time for a request does not count for an upload');
    await sleep(SHORT_MS * 3);
  }
  await door.logged('given-up');
  t.same(await results.rest(), []);
});

t.test('what is still sent after the end is not read, and does not keep the end from arriving', async (t) => {
  const door = await streamDoor({ createClient: async () => problem('agency-suspended', 'Ask its admin.') });
  t.teardown(() => door.close());
  const { send, finish, answer } = upload(door.url, 'any');
  for (const line of clientLines(1)) send(line);
  const results = await answer;
  t.match(await results.next(), { line: 1 });
  for (let left = 200; left > 0; left--) send(`${' '.repeat(100_000)}\n`);
  finish();
  t.match(await results.next(), { end: { lines: 1, complete: false } });
  t.equal(await results.next(), undefined);
});

t.test('an upload has a last line', async (t) => {
  const door = await streamDoor({});
  t.teardown(() => door.close());
  const empty = '\n'.repeat(MOST_LINES);
  const [refused] = await uploadAll(door.url, 'any', [empty, clientLines(1)[0]]);
  t.match(refused, { end: { lines: 0, complete: false, problem: { code: 'body-too-large' } } });
});
