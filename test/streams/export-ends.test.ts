/** One moment while others write, and what ends an export before its last line. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import type { Exporting, ExportView } from '../../src/contract/export.ts';
import { problem } from '../../src/domain/problem.ts';
import { entryOf } from '../operations/world.ts';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, type Exchange, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { clientLines, ref } from './case-file.ts';
import { streamDoor } from './door.ts';
import { exportFrom, type Json, uploadAll } from './requests.ts';

/** More than are read at once. */
const CLIENTS = 60;
/** Together they are more than fits into what lies between a service and a caller that reads nothing. */
const DOCUMENTS = 24;
const DOCUMENT_BYTES = 500_000;

function documentOf(place: number): Json {
  const content = Buffer.alloc(DOCUMENT_BYTES, place);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const payload = {
    typ: 'SCHREIBEN',
    dateiname: 'brief.pdf',
    sha256,
    groesse: content.length,
    inhalt: content.toString('base64'),
  };
  return { category: 'DOKUMENT', filedUnder: ['SPRACHKURS'], payload };
}

async function filledExchange(t: Test): Promise<{ exchange: Exchange; clients: string[] }> {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { token } = await exchange.as('arge');
  const lines = clientLines(CLIENTS).flatMap((client, place) => {
    const [params, key] = [{ clientId: ref(client.key) }, `${client.key}-document`];
    return place < DOCUMENTS ? [client, { operation: 'addEntry', key, params, body: documentOf(place) }] : [client];
  });
  const results = await uploadAll(exchange.url, token, lines);
  t.match(results.at(-1), { end: { failed: 0, complete: true } });
  const clients = results.filter(({ output }) => output?.fileReference === null).map(({ output }) => output.id);
  return { exchange, clients };
}

const things = (lines: Json[], type: string): Json[] => lines.flatMap((line) => (type in line ? [line[type]] : []));

t.test('with a caller that takes its time', async (t) => {
  const { exchange, clients } = await filledExchange(t);
  const { token, post } = await exchange.as('arge');

  await t.test('an export is of one moment, whatever is written while it lasts', async (t) => {
    const { answer } = exportFrom(exchange.url, token);
    const { next, rest } = await answer;
    const { export: head } = await next();
    const [erased, last] = [clients[DOCUMENTS - 1]!, clients.at(-1)!];
    const { id: later } = (await post('/v1/clients', {})).body;
    t.equal((await post(`/v1/clients/${last}/entries`, entryOf('SPRACHE'))).status, 201);
    t.equal((await post(`/v1/clients/${last}/statements`, no())).status, 201);
    t.equal((await post(`/v1/clients/${erased}/erase`, { confirm: true })).status, 200);
    const lines = await rest();
    t.match(lines.at(-1), { end: { complete: true } });
    t.same(
      things(lines, 'client')
        .map(({ id }) => id)
        .toSorted(),
      clients.toSorted(),
    );
    t.notOk(things(lines, 'client').some(({ id }) => id === later));
    const written = things(lines, 'entry');
    t.ok(
      written.every(({ clientId }) => clientId !== erased),
      'what was erased meanwhile cannot be read by it either',
    );
    t.equal(written.length, DOCUMENTS - 1, 'and what came later is not in it');
    t.same(things(lines, 'statement'), []);
    t.ok(things(lines, 'entry').every(({ createdAt }) => createdAt <= head.asOf));
  });

  await t.test('one at once of an agency, at whichever instance', async (t) => {
    const other = await exchange.anotherInstance();
    const first = exportFrom(exchange.url, token);
    await (await first.answer).next();
    for (const { get } of [await exchange.as('arge'), await other.as('arge')]) {
      const refused = await get('/v1/export');
      t.match(refused, { status: 429, body: { code: 'rate-limited' } });
      t.match(refused.headers.get('retry-after'), /^[1-9]\d*$/);
    }
    const theirs = exportFrom(other.url, (await other.as('caritas')).token);
    t.match((await (await theirs.answer).rest()).at(-1), { end: { complete: true } }, 'another agency has its own');
    first.raw.destroy();
    // The service hears of it a moment later.
    for (;;) {
      const again = exportFrom(other.url, (await other.as('arge')).token);
      const lines = await again.answer;
      if (lines.status === 200) {
        t.match((await lines.rest()).at(-1), { end: { complete: true } }, 'who is gone is in nobody’s way');
        break;
      }
      again.raw.destroy();
      await sleep(20);
    }
    const open = () =>
      exchange.sql(
        `SELECT pid FROM pg_stat_activity WHERE application_name = 'laufzettel-export' AND datname = current_database()`,
      );
    while ((await open()).length > 0) await sleep(20);
    t.pass('no connection is left open');
  });

  await t.test('a suspension in the middle ends it, and a suspended agency begins none', async (t) => {
    const { answer } = exportFrom(exchange.url, token);
    const { next, rest } = await answer;
    await next();
    await exchange.sql('UPDATE agency SET suspended_at = now() WHERE id = $1', [AGENCY.arge]);
    const lines = await rest();
    t.match(lines.at(-1), { end: { complete: false, problem: { code: 'agency-suspended' } } });
    t.ok(things(lines, 'entry').length < DOCUMENTS - 1);
    const { get } = await exchange.as('arge');
    let refused = await get('/v1/export');
    // The one before may still be being cleared away.
    while (refused.status === 429) refused = await get('/v1/export');
    t.match(refused, { status: 403, body: { code: 'agency-suspended' } });
  });
});

const AS_OF = '2026-11-27T00:00:00.000Z';
const client: ExportView = { type: 'client', view: { id: 'x', fileReference: 'y'.repeat(10_000), createdAt: AS_OF } };

/** An export whose views the test makes; whether it was let go of. */
function exportOf(views: Exporting['views']) {
  const state = { isClosed: false };
  const exporting = async (): Promise<Exporting> => ({
    asOf: AS_OF,
    agencyId: AGENCY.arge,
    views,
    close: async () => {
      state.isClosed = true;
    },
  });
  return { exporting, state };
}

async function* withoutEnd(): AsyncGenerator<ExportView> {
  for (;;) {
    await sleep(1);
    yield client;
  }
}

const SHORT_MS = 200;

t.test('an export ends with its token', async (t) => {
  const { exporting, state } = exportOf(withoutEnd);
  const door = await streamDoor({ exporting, callers: { short: { expiresAt: Date.now() + SHORT_MS } } });
  t.teardown(() => door.close());
  const lines = await (await exportFrom(door.url, 'short').answer).rest();
  t.match(lines.at(-1), { end: { lines: lines.length - 1, complete: false, problem: { code: 'token-invalid' } } });
  t.equal(state.isClosed, true);
});

t.test('a process that stops ends an export with a last line', async (t) => {
  const { exporting, state } = exportOf(withoutEnd);
  const door = await streamDoor({ exporting });
  const { next, rest } = await exportFrom(door.url, 'any').answer;
  await next();
  const closed = door.close();
  t.match((await rest()).at(-1), { end: { complete: false, problem: { code: 'overloaded' } } });
  await closed;
  t.equal(state.isClosed, true);
});

t.test('who reads nothing is given up, and the snapshot let go', async (t) => {
  const { exporting, state } = exportOf(withoutEnd);
  const door = await streamDoor({ exporting, streams: { patienceMs: SHORT_MS } });
  t.teardown(() => door.close());
  const { raw, answer } = exportFrom(door.url, 'any');
  await answer;
  await door.logged('given-up');
  while (!state.isClosed) await sleep(10);
  raw.destroy();
});

t.test('what fails in the middle is told by its code alone', async (t) => {
  const rows: [Exporting['views'], string][] = [
    [
      async function* () {
        yield client;
        throw new Error('CANARY');
      },
      'internal',
    ],
    [
      async function* () {
        yield client;
        yield problem('overloaded', 'The database does not answer.');
        throw new Error('it went on after a problem');
      },
      'overloaded',
    ],
    [
      async function* () {
        yield client;
        // Without what its schema demands.
        yield { type: 'client', view: { id: 'x' } };
      },
      'internal',
    ],
  ];
  for (const [views, code] of rows) {
    const { exporting, state } = exportOf(views);
    const door = await streamDoor({ exporting });
    const { rest } = await exportFrom(door.url, 'any').answer;
    const lines = await rest();
    t.match(lines.at(-1), { end: { lines: 2, complete: false, problem: { code } } });
    t.notMatch(JSON.stringify(lines), /CANARY/);
    t.equal(state.isClosed, true);
    await door.close();
  }
});

t.test('an export needs both scopes', async (t) => {
  const { exporting } = exportOf(withoutEnd);
  const callers = { half: { scopes: new Set(['laufzettel:read'] as const) } };
  const door = await streamDoor({ exporting, callers });
  t.teardown(() => door.close());
  t.match(await (await exportFrom(door.url, 'half').answer).next(), { status: 403, code: 'scope-missing' });
});
