/** All of one's own, as of a moment. */
import { createHash, randomUUID } from 'node:crypto';
import { EXPORT_LINES, type ExportType, exportHead } from '../../src/contract/export.ts';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, type Exchange, type Partner, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { fill } from '../walls/service-role.ts';
import { clientLines, ref } from './case-file.ts';
import { exportFrom, type Json, uploadAll } from './requests.ts';

/** Of one list of one client. */
const MORE_THAN_A_PAGE = 205;

interface Exported {
  head: Json;
  /** By kind, in their order. */
  things: Map<ExportType, Json[]>;
  end: Json;
  text: string;
}

async function exported(exchange: Exchange, partner: Partner): Promise<Exported> {
  const { token } = await exchange.as(partner);
  const response = await fetch(`${exchange.url}/v1/export`, { headers: { authorization: `Bearer ${token}` } });
  const text = await response.text();
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const things = new Map<ExportType, Json[]>();
  for (const line of lines.slice(1, -1)) {
    const [[type, thing]] = Object.entries(line) as [[ExportType, Json]];
    things.set(type, [...(things.get(type) ?? []), thing]);
  }
  return { head: lines[0].export, things, end: lines.at(-1).end, text };
}

/** A version has none but that of its agreement and its number. */
const idOf = ({ id, agreementId, number }: Json): string => id ?? `${agreementId} ${number}`;
const byId = (things: Json[]): Json[] =>
  [...new Map(things.map((one) => [idOf(one), one])).values()].sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));

/** What the lists show, page by page. */
async function listed(exchange: Exchange, partner: Partner): Promise<Map<ExportType, Json[]>> {
  const { get } = await exchange.as(partner);
  const all = async (path: string): Promise<Json[]> => {
    const items: Json[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Json = (await get(`${path}${path.includes('?') ? '&' : '?'}limit=2${cursor && `&cursor=${cursor}`}`))
        .body;
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  };
  const clients = await all('/v1/clients');
  const ofClients = async (what: string) =>
    (await Promise.all(clients.map(({ id }) => all(`/v1/clients/${id}/${what}`)))).flat();
  const bothWays = async (path: string) => [
    ...(await all(`${path}?direction=SENT`)),
    ...(await all(`${path}?direction=RECEIVED`)),
  ];
  const plans = await all('/v1/plans');
  const proposedIn =
    (agency: string) =>
    async ({ id }: Json): Promise<Json[]> =>
      (await all(`/v1/plans/${id}/history`))
        .filter(({ proposedBy }) => proposedBy === agency)
        .map(({ proposedBy: _by, place: _place, after: _after, replaces: _replaces, entry, ...own }) => ({
          ...own,
          entryId: entry.id,
        }));
  const agreements = await all('/v1/agreements');
  const versions: Json[] = [];
  for (const { id } of agreements) {
    for (const { number } of await all(`/v1/agreements/${id}/versions`))
      versions.push((await get(`/v1/agreements/${id}/versions/${number}`)).body);
  }
  return new Map<ExportType, Json[]>([
    ['agreement', agreements],
    ['agreementVersion', versions],
    ['client', clients],
    ['statement', await ofClients('statements')],
    ['release', await ofClients('releases')],
    ['disclosure', await ofClients('disclosures')],
    ['consentText', await ofClients('consent-texts')],
    ['laufzettel', await all('/v1/laufzettel?role=CREATED')],
    ['request', await bothWays('/v1/requests')],
    ['forwardingSent', await all('/v1/sent')],
    ['forwardingReceived', await all('/v1/inbox')],
    ['proposal', await bothWays('/v1/proposals')],
    ['conference', await all('/v1/conferences')],
    ['plan', plans],
    ['planProposal', (await Promise.all(plans.map(proposedIn(AGENCY[partner as keyof typeof AGENCY])))).flat()],
    // Last, for reading others' entries leaves traces.
    ['entry', (await ofClients('entries')).filter(({ origin }) => origin === AGENCY[partner as keyof typeof AGENCY])],
  ]);
}

const exchange = await startExchange();
t.teardown(() => exchange.close());
await fill(exchange);

t.test('an export is what the lists show, and nothing of others', async (t) => {
  const seen = new Set<ExportType>();
  for (const partner of ['arge', 'caritas', 'diakonie', 'tgsh'] as const) {
    const { things, end } = await exported(exchange, partner);
    t.match(end, { complete: true, problem: null }, partner);
    for (const [type, expected] of await listed(exchange, partner)) {
      const found = things.get(type) ?? [];
      t.equal(new Set(found.map(idOf)).size, found.length, `${partner}: each ${type} once`);
      t.same(byId(found), byId(expected), `${partner}: ${type}`);
      if (found.length > 0) seen.add(type);
    }
  }
  t.same([...seen].sort(), Object.keys(EXPORT_LINES).sort(), 'there was something of every kind');
});

t.test('every line has the form that is documented, and stands after what it refers to', async (t) => {
  const { head, things, text } = await exported(exchange, 'arge');
  t.ok(exportHead.safeParse(head).success);
  t.equal(head.agencyId, AGENCY.arge);
  for (const [type, found] of things) {
    for (const one of found) t.ok(EXPORT_LINES[type].view.safeParse(one).success, type);
  }
  t.same(
    [...things.keys()],
    Object.keys(EXPORT_LINES).filter((type) => things.has(type as ExportType)),
  );
  for (const { id } of things.get('client')!)
    t.ok(text.indexOf(`"client":{"id":"${id}"`) <= text.indexOf(id), 'client first');
});

t.test('the last line proves that all of it arrived', async (t) => {
  const { text, end } = await exported(exchange, 'caritas');
  const before = text.slice(0, text.lastIndexOf('{"end"'));
  t.equal(end.lines, before.split('\n').length - 1);
  t.equal(end.sha256, createHash('sha256').update(before).digest('hex'));
});

t.test('an export stands in the audit before its first line, and marks nothing as read', async (t) => {
  const read = async () =>
    (await exchange.sql('SELECT count(*)::int AS many FROM disclosure WHERE fetched_at IS NOT NULL'))[0];
  const before = await read();
  const [{ many }] = await exchange.sql(`SELECT count(*)::int AS many FROM audit WHERE action = 'agency.export'`);
  const { token } = await exchange.as('diakonie');
  const { answer, raw } = exportFrom(exchange.url, token);
  const lines = await answer;
  const { export: head } = await lines.next();
  const [last] = await exchange.sql(
    `SELECT agency_id, outcome, subject, at, count(*) OVER ()::int AS many FROM audit WHERE action = 'agency.export' ORDER BY at DESC`,
  );
  t.match(last, { agency_id: AGENCY.diakonie, outcome: 'DONE', subject: {}, many: many + 1 });
  t.equal(last.at.toISOString(), head.asOf);
  await lines.rest();
  raw.destroy();
  t.same(await read(), before);
});

t.test('a long list comes whole, and what two handles on one person show comes once', async (t) => {
  const { token } = await exchange.as('rantzau');
  const name = randomUUID();
  const results = await uploadAll(exchange.url, token, [
    ...clientLines(2, name),
    ...Array.from({ length: MORE_THAN_A_PAGE }, (_, place) => ({
      operation: 'recordStatement',
      key: `${name}-no-${place}`,
      params: { clientId: ref(`${name}-${place % 2}`) },
      body: no(),
    })),
  ]);
  t.match(results.at(-1), { end: { failed: 0, complete: true } });
  const [older, newer] = results.map(({ output }) => output?.id);
  const said = async () => (await exported(exchange, 'rantzau')).things.get('statement')!;
  t.equal((await said()).length, MORE_THAN_A_PAGE);
  await exchange.sql('UPDATE client SET person_id = (SELECT person_id FROM client WHERE id = $1) WHERE id = $2', [
    older,
    newer,
  ]);
  const all = await said();
  t.equal(new Set(all.map(({ id }) => id)).size, MORE_THAN_A_PAGE);
  t.equal(all.length, MORE_THAN_A_PAGE);
  t.ok(
    all.every(({ clientId }) => clientId === older),
    'by the older of them',
  );
});

t.test('what was erased is not in it', async (t) => {
  const { get, post } = await exchange.as('tgsh');
  const { id } = (await post('/v1/clients', { fileReference: 'Akte 9-erased' })).body;
  await post(`/v1/clients/${id}/entries`, {
    category: 'SPRACHE',
    payload: { erstsprache: 'tr', deutschNiveau: 'A2', dolmetschbedarf: true },
  });
  const before = await exported(exchange, 'tgsh');
  t.ok(before.things.get('entry')?.some(({ clientId }) => clientId === id));
  t.equal((await post(`/v1/clients/${id}/erase`, { confirm: true })).status, 200);
  const { things } = await exported(exchange, 'tgsh');
  t.notOk(things.get('entry')?.some(({ clientId }) => clientId === id));
  t.same(byId(things.get('client')!), byId((await get('/v1/clients?limit=200')).body.items));
});

t.test('whoever asks for the head alone takes nothing away', async (t) => {
  const begun = () => exchange.sql(`SELECT count(*)::int AS many FROM audit WHERE action = 'agency.export'`);
  const before = await begun();
  const { token } = await exchange.as('arge');
  const headers = { authorization: `Bearer ${token}` };
  const { status, headers: answered } = await fetch(`${exchange.url}/v1/export`, { method: 'HEAD', headers });
  t.same([status, answered.get('content-type')], [200, 'application/x-ndjson']);
  t.same(await begun(), before);
});

t.test('who may not', async (t) => {
  const admin = await exchange.as('admin');
  t.match((await admin.get('/v1/export')).body, {
    code: 'scope-missing',
    requiredScopes: ['laufzettel:read', 'consent:read'],
  });
  const { get, post } = await exchange.as('arge');
  t.equal((await get('/v1/export', { authorization: 'Bearer nobody' })).body.code, 'token-invalid');
  t.equal((await post('/v1/export', {})).body.code, 'method-not-allowed');
});
