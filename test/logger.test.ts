import Fastify from 'fastify';
import { z } from 'zod';
import { OperatorError } from '../src/domain/operator-error.ts';
import { createLogger, type Logger } from '../src/logger.ts';
import { t } from './support/t.ts';

const MARKER = 'Marker-4711';
const ID = '0198c5a0-0000-7000-8000-000000000001';

function logInto(lines: string[]): Logger {
  return createLogger({ logLevel: 'trace' }, { write: (line: string) => void lines.push(line) });
}

t.test('ids, numbers and codes are logged', async (t) => {
  const lines: string[] = [];
  logInto(lines).info({ agency: ID, count: 3, codes: ['a', 'b'], done: true, none: null }, 'said');
  t.match(JSON.parse(lines[0]!), { level: 'info', agency: ID, count: 3, codes: ['a', 'b'], done: true, msg: 'said' });
});

t.test('objects, long texts and whatever else could be content are left out', async (t) => {
  const lines: string[] = [];
  const log = logInto(lines);
  log.info({ body: { name: MARKER }, headers: { authorization: MARKER } }, 'a');
  log.info({ nested: [{ name: MARKER }], list: [[MARKER]], map: new Map([[MARKER, MARKER]]) }, 'b');
  log.info({ text: MARKER.repeat(50) }, 'c');
  t.equal(lines.length, 3);
  t.notMatch(lines.join(''), new RegExp(MARKER));
});

t.test('an error of somebody else keeps its message to itself', async (t) => {
  const lines: string[] = [];
  const log = logInto(lines);
  const database = Object.assign(new Error(`invalid input syntax for type date: "${MARKER}"\n    at ${MARKER}`), {
    code: '22007',
    detail: `Key (name)=(${MARKER}) already exists.`,
    where: MARKER,
    constraint: 'person_pkey',
    cause: new TypeError(MARKER),
  });
  const parsed = z.object({ n: z.number() }).safeParse({ n: MARKER });
  log.error(database);
  log.error({ err: database });
  log.error({ err: database }, database.message);
  log.error({ err: parsed.error }, 'refused');
  log.error({ err: new AggregateError([database], MARKER) }, 'many');
  log.error({ err: MARKER }, 'not even an error');
  t.notMatch(lines.join(''), new RegExp(MARKER));
  const first = JSON.parse(lines[0]!);
  t.match(first, { msg: 'an error was thrown', err: { type: 'Error', code: '22007', constraint: 'person_pkey' } });
  t.match(first.err.stack, /logger\.test\.ts:\d+:\d+/);
  t.match(first.err.cause, { type: 'TypeError' });
  t.match(JSON.parse(lines[3]!), { msg: 'refused', err: { issues: ['invalid_type'] } });
});

t.test('an error of ours says what it has to say', async (t) => {
  const lines: string[] = [];
  logInto(lines).error({ err: new OperatorError('disk-full', 'The disk is full.') }, 'could not start');
  const { err } = JSON.parse(lines[0]!);
  t.same(err, { type: 'OperatorError', code: 'disk-full', message: 'The disk is full.' });
});

t.test(
  'through Fastify: method, route and ids of a request; no query, header, body or message of an error',
  async (t) => {
    const lines: string[] = [];
    const app = Fastify({ loggerInstance: logInto(lines) });
    t.teardown(() => app.close());
    app.get('/v1/clients/:id', async () => ({ name: MARKER }));
    app.post('/v1/fails', async () => {
      throw new Error(MARKER);
    });
    const headers = { authorization: MARKER, host: `${MARKER}.example` };
    await app.inject({ url: `/v1/clients/${ID}?name=${MARKER}`, headers });
    await app.inject({ url: `/v1/clients/${MARKER}`, headers });
    await app.inject({ url: `/v1/${MARKER}?x=${MARKER}`, headers });
    await app.inject({ method: 'POST', url: '/v1/fails', headers, payload: { name: MARKER } });
    await app.inject({
      method: 'POST',
      url: '/v1/fails',
      headers: { ...headers, 'content-type': 'application/json' },
      payload: `{${MARKER}`,
    });
    t.notMatch(lines.join(''), new RegExp(MARKER));
    const requests = lines.map((line) => JSON.parse(line).req).filter(Boolean);
    t.same(requests[0], { method: 'GET', path: `/v1/clients/${ID}` });
    t.same(requests[1], { method: 'GET', path: '/v1/clients/:id' });
    t.same(requests[2], { method: 'GET', path: '[no such route]' });
    t.ok(lines.some((line) => JSON.parse(line).err?.type === 'Error'));
  },
);
