/** ETags of what a reader sees, and the conditions on them (RFC 9110 section 13). */
import type { Test } from 'tap';
import { EXAMPLE_IDS } from '../../src/contract/example-ids.ts';
import { admit, agree, count, forward, NOTHING, sayYes, sendCase } from '../operations/world.ts';
import { DOORS, systemAt } from '../support/both-doors.ts';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, AGREEMENT, type Answer, type PartnerSystem, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());
const at = (system: PartnerSystem) => systemAt('REST', exchange.url, system.token);
const [arge, caritas, diakonie, admin] = await Promise.all(
  (['arge', 'caritas', 'diakonie', 'admin'] as const).map((partner) => exchange.as(partner)),
);
const tagOf = ({ headers }: Answer): string => headers.get('etag') ?? '';
const isTag = (t: Test, answer: Answer): void => {
  t.equal(answer.status, 200, answer.text);
  t.match(tagOf(answer), /^"[\w-]{43}"$/);
};

/** A forwarding that its recipient has read. */
async function delivered() {
  const sent = await sendCase(at(arge!), AGENCY.caritas, ['STAMMDATEN', 'SPRACHE']);
  const path = `/v1/forwardings/${sent.forwardingId}`;
  return { ...sent, path, read: await caritas!.get(path) };
}

t.test('everything that is got by itself has a tag, lists have none', async (t) => {
  const { clientId, laufzettelId, entryIds, path } = await delivered();
  for (const one of [
    '/v1/agency',
    `/v1/agencies/${AGENCY.caritas}`,
    `/v1/agreements/${AGREEMENT}`,
    '/v1/catalogue',
    `/v1/clients/${clientId}`,
    `/v1/entries/${entryIds[0]}`,
    `/v1/laufzettel/${laufzettelId}`,
    path,
  ]) {
    const answer = await arge!.get(one);
    isTag(t, answer);
    t.equal(tagOf(await arge!.get(one)), tagOf(answer), `${one}: the same view, the same tag`);
    const known = await arge!.get(one, { 'if-none-match': tagOf(answer) });
    t.equal(known.status, 304, one);
  }
  for (const list of ['/v1/agencies', '/v1/sent', `/v1/clients/${clientId}/entries`]) {
    t.equal(tagOf(await arge!.get(list)), '', list);
    t.equal((await arge!.get(list, { 'if-none-match': '*' })).status, 200);
  }
  t.equal(tagOf(await arge!.get(`/v1/clients/${NOTHING}`)), '', 'a problem has none');
});

t.test('two readers of the same view have different tags', async (t) => {
  const seen = await Promise.all([arge, caritas, admin].map((one) => one!.get(`/v1/agencies/${AGENCY.tgsh}`)));
  t.equal(new Set(seen.map((answer) => answer.text)).size, 1);
  t.equal(new Set(seen.map(tagOf)).size, 3);
});

t.test('a tag follows what its reader sees, and nothing else', async (t) => {
  const { path, read, clientId, laufzettelId } = await delivered();
  const bySender = await arge!.get(path);
  t.equal(tagOf(await caritas!.get(path)), tagOf(read));
  // What the recipient does not get: another entry, another consent, another forwarding of the same Laufzettel.
  const withheld = await at(arge!).done('addEntry', {
    params: { clientId },
    body: { category: 'KONTAKT', payload: { telefon: '+49 4101 23125' } },
  });
  await sayYes(at(arge!), clientId, { recipient: AGENCY.diakonie, categories: ['STAMMDATEN'] });
  t.match(await forward(at(arge!), { laufzettelId }, AGENCY.diakonie), { ok: true });
  t.equal(tagOf(await caritas!.get(path)), tagOf(read), `nothing of ${withheld.category} shows`);
  // What it does get: one of the two entries ends.
  const body = no({ recipient: AGENCY.caritas, categories: ['SPRACHE'] });
  await at(arge!).done('recordStatement', { params: { clientId }, body });
  const after = await caritas!.get(path);
  t.equal(after.body.version, read.body.version, 'though its version is the same');
  t.not(tagOf(after), tagOf(read));
  t.not(tagOf(await arge!.get(path)), tagOf(bySender), 'its sender sees that too');
});

t.test('who has the view already is checked and audited all the same', async (t) => {
  const { path, read, clientId, forwardingId } = await delivered();
  const reads = () =>
    count(exchange, 'audit', `action = 'entries.read' AND subject ->> 'forwarding' = $1`, [forwardingId]);
  const before = await reads();
  for (const header of [tagOf(read), `W/${tagOf(read)}`, `"other", ${tagOf(read)}`, '*']) {
    const answer = await caritas!.get(path, { 'if-none-match': header });
    t.equal(answer.status, 304, header);
    t.equal(answer.text, '');
    t.equal(tagOf(answer), tagOf(read));
  }
  t.equal(await reads(), before + 4);
  t.equal((await caritas!.get(path, { 'if-none-match': '"other"' })).status, 200);
  t.equal((await caritas!.get(path, { 'if-none-match': 'other' })).status, 400, 'a tag has quotes');
  t.equal((await diakonie!.get(path, { 'if-none-match': '*' })).status, 404, 'a stranger learns nothing by it');
  await at(arge!).done('recordStatement', { params: { clientId }, body: no() });
  t.equal((await caritas!.get(path, { 'if-none-match': tagOf(read) })).status, 200, 'a no has another view');
});

t.test('If-Match takes the place of expectedVersion', async (t) => {
  const { path, read } = await delivered();
  t.match(await caritas!.post(`${path}/accept`, {}), { status: 428, body: { code: 'precondition-required' } });
  const rows: [string, Record<string, string>, object, number][] = [
    ['another tag', { 'if-match': '"other"' }, {}, 412],
    ['a weak tag, which is equal to none', { 'if-match': `W/${tagOf(read)}` }, {}, 412],
    ['the tag of another reader', { 'if-match': tagOf(await arge!.get(path)) }, {}, 412],
    ['the tag, and another version', { 'if-match': tagOf(read) }, { expectedVersion: 1 }, 412],
    ['no tag at all', { 'if-match': 'nothing' }, {}, 400],
    ['one of several', { 'if-match': `"other", ${tagOf(read)}` }, {}, 200],
    ['the same again', { 'if-match': tagOf(read) }, {}, 412],
  ];
  for (const [name, headers, body, status] of rows) {
    const answer = await caritas!.post(`${path}/accept`, body, headers);
    t.equal(answer.status, status, `${name}: ${answer.text}`);
    if (status === 412) t.match(answer.body, { code: 'version-stale', currentVersion: Number }, name);
  }
  t.match((await caritas!.get(path)).body, { status: 'ACCEPTED', version: 3 });
});

t.test('* is whatever there is', async (t) => {
  const { path } = await delivered();
  t.equal((await diakonie!.post(`${path}/accept`, {}, { 'if-match': '*' })).status, 404);
  const unknown = await diakonie!.post(`/v1/forwardings/${NOTHING}/accept`, {}, { 'if-match': '"x"' });
  const foreign = await diakonie!.post(`${path}/accept`, {}, { 'if-match': '"x"' });
  t.equal(unknown.text.replace(/urn:uuid:[\w-]+/, ''), foreign.text.replace(/urn:uuid:[\w-]+/, ''));
  const rejected = await caritas!.post(`${path}/reject`, { code: 'DUPLICATE' }, { 'if-match': '*' });
  t.match(rejected, { status: 200, body: { status: 'REJECTED', version: 3 } });
});

t.test('looking whether it matches reads nothing', async (t) => {
  const sent = await sendCase(at(arge!), AGENCY.caritas);
  const path = `/v1/forwardings/${sent.forwardingId}`;
  const answer = await caritas!.post(`${path}/accept`, {}, { 'if-match': '"guessed"' });
  t.match(answer, { status: 412, body: { currentVersion: 1 } });
  t.notOk(/payload|familienname/.test(answer.text));
  t.match((await arge!.get(path)).body, { status: 'SENT', version: 1 });
  const noted = await count(exchange, 'audit', `subject ->> 'forwarding' = $1 AND action = 'entries.read'`, [
    sent.forwardingId,
  ]);
  t.equal(noted, 0);
});

t.test('what became of the tag when a disclosure has ended meanwhile', async (t) => {
  const { path, read, clientId } = await delivered();
  const body = no({ recipient: AGENCY.caritas, categories: ['SPRACHE'] });
  await at(arge!).done('recordStatement', { params: { clientId }, body });
  const stale = await caritas!.post(`${path}/accept`, {}, { 'if-match': tagOf(read) });
  t.match(stale, { status: 412, body: { code: 'version-stale', currentVersion: read.body.version } });
  const now = await caritas!.get(path);
  t.equal((await caritas!.post(`${path}/accept`, {}, { 'if-match': tagOf(now) })).status, 200);
});

t.test('agreements and agencies are changed from the view that was seen', async (t) => {
  const one = await admit(exchange, 'REST');
  const two = await admit(exchange, 'REST');
  const path = `/v1/agreements/${await agree([one, two])}`;
  const seen = await admin!.get(path);
  const stale = await admin!.post(`${path}/terminate`, { confirm: true }, { 'if-match': '"old"' });
  t.match(stale, { status: 412, body: { currentVersion: seen.body.version } });
  const ended = await admin!.post(`${path}/terminate`, { confirm: true }, { 'if-match': tagOf(seen) });
  t.equal(ended.status, 200);
  t.equal(tagOf(ended), tagOf(await admin!.get(path)), 'the answer has the new tag');
  const agency = `/v1/agencies/${one.id}`;
  const before = tagOf(await admin!.get(agency));
  const suspended = await admin!.post(`${agency}/suspend`, { confirm: true }, { 'if-match': before });
  t.equal(tagOf(suspended), tagOf(await admin!.get(agency)));
  t.equal((await admin!.post(`${agency}/reinstate`, undefined, { 'if-match': before })).status, 412);
  const reinstated = await admin!.post(`${agency}/reinstate`, undefined, { 'if-match': tagOf(suspended) });
  t.equal(tagOf(reinstated), before, 'what it was before, it is again');
});

t.test('a condition where it means nothing is no condition to ignore', async (t) => {
  const { clientId, path } = await delivered();
  for (const [target, headers] of [
    ['/v1/clients', { 'if-match': '*' }],
    [`/v1/clients/${clientId}/entries`, { 'if-match': '"x"' }],
    [`${path}/accept`, { 'if-none-match': '*' }],
  ] as const) {
    const answer = await caritas!.post(target, { expectedVersion: 2 }, headers);
    t.match(answer, { status: 400, body: { code: 'bad-request' } }, `${target} ${JSON.stringify(headers)}`);
  }
  const got = await caritas!.get(path, { 'if-match': '"x"' });
  t.match(got, { status: 400, body: { detail: /If-Match/ } });
});

t.test('a key finds its first effect before any condition is looked at', async (t) => {
  const { path, read } = await delivered();
  const headers = { 'if-match': tagOf(read), 'idempotency-key': EXAMPLE_IDS.forwarding };
  const first = await caritas!.post(`${path}/accept`, {}, headers);
  const again = await caritas!.post(`${path}/accept`, {}, headers);
  t.match([first.status, again.status], [200, 200]);
  t.same(again.body, first.body);
  t.equal(again.headers.get('idempotency-replayed'), 'true');
});

for (const door of DOORS) {
  t.test(`twenty that accept from the same version (${door})`, async (t) => {
    const { forwardingId } = await delivered();
    const system = systemAt(door, exchange.url, caritas!.token);
    const input = { params: { forwardingId }, body: { expectedVersion: 2 } };
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => system.call('acceptForwarding', input)));
    t.equal(outcomes.filter((one) => one.ok).length, 1);
    for (const one of outcomes) {
      if (!one.ok) t.match(one, { code: 'version-stale', status: 412, extra: { currentVersion: 3 } });
    }
  });
}

t.test('twenty that accept from the same tag', async (t) => {
  const { path, read, forwardingId } = await delivered();
  const headers = { 'if-match': tagOf(read) };
  const answers = await Promise.all(Array.from({ length: 20 }, () => caritas!.post(`${path}/accept`, {}, headers)));
  t.same(answers.map((one) => one.status).sort(), [200, ...Array(19).fill(412)]);
  t.equal(
    await count(exchange, 'audit', `action = 'forwarding.step' AND subject ->> 'forwarding' = $1`, [forwardingId]),
    1,
  );
});
