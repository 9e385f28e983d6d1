/** The page for a person: it says what the lists of the same agency say, of one moment, and nothing of anybody else. */
import { createHash } from 'node:crypto';
import { type Door, type System, throughADoor } from '../support/both-doors.ts';
import { assertNoCanary, marker, markersIn } from '../support/canary.ts';
import { no, yes } from '../support/consent-bodies.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { link, unlink } from './links.ts';
import {
  type Admitted,
  admit,
  agree,
  entryOf,
  forward,
  MALFORMED_IDS,
  NOTHING,
  openCase,
  sayYes,
  sendCase,
} from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails when it is not there
type Any = any;
const pageOf = (by: System, clientId: string, language?: string): Promise<Any> =>
  by.done('getOwnPage', { params: { clientId }, ...(language && { query: { language } }) });
const listOf = async (by: System, id: Parameters<System['done']>[0], clientId: string): Promise<Any[]> =>
  (await by.done(id, { params: { clientId }, query: { limit: 200 } })).items;
const clientOf = async (by: Admitted, forwardingId: string): Promise<string> =>
  (await by.system.done('getForwarding', { params: { forwardingId } })).clientId;
const without = (one: Any, ...names: string[]): Any =>
  Object.fromEntries(Object.entries(one).filter(([name]) => !names.includes(name)));

async function three(door: Door): Promise<[Admitted, Admitted, Admitted]> {
  const agencies: [Admitted, Admitted, Admitted] = [
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
  ];
  await agree(agencies);
  return agencies;
}
async function sendOn(by: Admitted, about: { laufzettelId: string }, to: Admitted, more: object = {}): Promise<string> {
  const outcome = await forward(by.system, about, to.id, more);
  if (!outcome.ok) throw new Error(outcome.bytes);
  return outcome.value.forwarding.id;
}

/** The same page, made of nothing but what the lists say. */
async function composed(by: Admitted, clientId: string): Promise<Any> {
  const entries = (await listOf(by.system, 'listEntries', clientId)).filter((one) => one.clientId === clientId);
  const disclosures = await listOf(by.system, 'listDisclosures', clientId);
  const said = async (id: 'listStatements' | 'listReleases') =>
    (await listOf(by.system, id, clientId)).map((one) => without(one, 'evidenceRef', 'proposalId'));
  return {
    entries: entries.map((one) => ({
      ...without(one, 'clientId', 'concerns'),
      concernsOthers: one.concerns.length > 1,
      payload: without(one.payload, 'inhalt'),
    })),
    received: disclosures.filter((one) => one.to === by.id),
    given: disclosures.filter((one) => one.to !== by.id),
    statements: await said('listStatements'),
    releases: await said('listReleases'),
    closures: (await listOf(by.system, 'listClosureAnswers', clientId)).map((one) => ({
      ...one,
      owedSince: one.fetchedAt !== null && one.answers.length === 0 ? one.closedAt : null,
    })),
  };
}
const comparable = (page: Any): Any => {
  const { entries, received, statements, releases, closures } = page;
  return {
    entries,
    received,
    statements,
    releases,
    closures,
    given: page.given.map((one: Any) => without(one, 'endCause')),
  };
};

const FILE = {
  typ: 'BESCHEID',
  dateiname: 'Bescheid.pdf',
  inhalt: Buffer.from('Ein erfundener Bescheid').toString('base64'),
  groesse: 23,
  sha256: '',
};

await throughADoor(t, exchange, 'it says what the lists say, to author and recipient', async (t, _as, door) => {
  const [author, middle, last] = await three(door);
  const sha256 = createHash('sha256').update('Ein erfundener Bescheid').digest('hex');
  const by = author.system;
  const sent = await openCase(by, ['STAMMDATEN', 'KONTAKT', 'BERATUNGSNOTIZ']);
  const { clientId } = sent;
  const params = { clientId };
  const other = (await by.done('createClient', { body: {} })).id;
  await by.done('addEntry', { params, body: entryOf('FAMILIE', { concerns: [clientId, other] }) });
  await by.done('addEntry', {
    params,
    body: { category: 'DOKUMENT', filedUnder: ['LEISTUNG'], payload: { ...FILE, sha256 } },
  });
  for (const recipient of [middle.id, last.id]) {
    await sayYes(by, clientId, { recipient, categories: ['STAMMDATEN', 'KONTAKT', 'BERATUNGSNOTIZ'] });
  }
  const { purpose: _none, ...release } = yes({ recipient: middle.id, categories: ['BERATUNGSNOTIZ'] });
  await by.done('recordRelease', { params, body: release });
  const hop = await sendOn(author, sent, middle);
  const theirs = await clientOf(middle, hop);
  await sendOn(middle, sent, last, { entryIds: sent.entryIds.slice(0, 2) });
  // What goes back the other way was not read by anybody when the page is asked for.
  const answer = await middle.system.done('createLaufzettel', {
    body: { clientId: theirs, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entries: [entryOf('STAMMDATEN')] },
  });
  await sayYes(middle.system, theirs, { recipient: author.id, categories: ['STAMMDATEN'] });
  await sendOn(middle, { laufzettelId: answer.id }, author);
  const refusal = await by.done('recordStatement', { params, body: no({ categories: ['KONTAKT'] }) });
  const { items: owed } = await middle.system.done('listOwedAnswers', {});
  const disclosureId = owed.find((one: Any) => one.clientId === theirs).disclosureId;
  await by.done('correctEntry', {
    params: { entryId: sent.entryIds[0] },
    body: { payload: { familienname: 'Berichtigt' } },
  });

  const page = await pageOf(by, clientId);
  t.same(comparable(page), await composed(author, clientId), 'the author');
  t.match(page, { clientId, agencyId: author.id, language: 'de', awaitsReview: false, erasedEntries: [] });
  t.equal(page.entries.find((one: Any) => one.category === 'FAMILIE').concernsOthers, true);
  t.notMatch(JSON.stringify(page), other, 'nothing names the other one');
  const file = page.entries.find((one: Any) => one.category === 'DOKUMENT').payload;
  t.same(file, without({ ...FILE, sha256 }, 'inhalt'), 'of a file all but its bytes');
  const foreign = page.entries.filter((one: Any) => one.origin === middle.id);
  t.equal(foreign.length, 1, 'what is held by a disclosure');
  t.equal(page.received[0].fetchedAt, page.asOf, 'and was read by this');

  const causes = page.given.map((one: Any) => [one.category, one.to, one.endCause]);
  const has = (category: string, to: string, cause: string | null) =>
    t.ok(
      causes.some((one: Any) => `${one}` === `${[category, to, cause]}`),
      `${category} ${cause}`,
    );
  has('KONTAKT', middle.id, 'SAID_NO');
  has('KONTAKT', last.id, 'SAID_NO');
  has('STAMMDATEN', middle.id, 'CORRECTED');
  has('BERATUNGSNOTIZ', middle.id, null);
  t.equal(page.closures.find((one: Any) => one.disclosureId === disclosureId).owedSince, refusal.recordedAt);
  t.same(
    page.agencies.map(({ id }: Any) => id).sort(),
    [author.id, middle.id, last.id].sort(),
    'everybody whom it names, and nobody else',
  );
  t.equal(page.agreements.length, 1);

  await middle.system.done('answerClosure', {
    params: { disclosureId },
    body: { answer: 'RETAINED', statute: '§ 84 SGB X' },
  });
  const held = await pageOf(middle.system, theirs, 'uk');
  t.same(comparable(held), await composed(middle, theirs), 'its recipient, who has passed it on');
  t.match(held, { language: 'uk', awaitsReview: true });
  t.ok(held.received.some((one: Any) => one.answer === 'RETAINED' && one.statute === '§ 84 SGB X'));
  t.ok(
    held.given.every((one: Any) => one.origin === middle.id || one.basis === null),
    'on what another one relies it is not told',
  );
  const after = await pageOf(by, clientId);
  t.match(
    after.closures.find((one: Any) => one.disclosureId === disclosureId),
    { owedSince: null },
  );
  t.same(comparable(after), await composed(author, clientId), 'and again');

  const audited = await exchange.sql(
    `SELECT subject FROM audit WHERE action = 'client.own-page' AND agency_id = $1 ORDER BY at`,
    [author.id],
  );
  t.same(audited, [{ subject: { client: clientId } }, { subject: { client: clientId } }], 'each is on record');
});

await throughADoor(t, exchange, 'what was written about somebody else is not on it', async (t, _as, door) => {
  const [author, reader] = await three(door);
  const secret = marker(`what was written about the other one (${door})`);
  const by = author.system;
  const own = await sendCase(by, reader.id);
  const other = (await by.done('createClient', { body: {} })).id;
  const concerns = [other, own.clientId];
  const entries = [
    { category: 'STAMMDATEN', payload: { familienname: secret }, concerns },
    { category: 'FAMILIE', payload: { rolle: 'EHEPARTNER' }, concerns },
  ];
  for (const clientId of concerns) {
    await sayYes(by, clientId, { recipient: reader.id, categories: ['STAMMDATEN', 'FAMILIE'] });
  }
  const slip = await by.done('createLaufzettel', {
    body: { clientId: other, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entries },
  });
  const hop = await sendOn(author, { laufzettelId: slip.id }, reader);
  await reader.system.done('getForwarding', { params: { forwardingId: hop } });
  await by.done('recordStatement', { params: { clientId: other }, body: no() });
  t.equal((await listOf(by, 'listEntries', own.clientId)).length, 3, 'the lists of the agency have all of it');

  for (const [agency, clientId] of [
    [author, own.clientId],
    [reader, await clientOf(reader, own.forwardingId)],
  ] as const) {
    const page = await pageOf(agency.system, clientId);
    t.same(
      page.entries.map((one: Any) => one.id),
      own.entryIds,
    );
    t.same(
      [...page.given, ...page.received, ...page.closures].map((one: Any) => one.entryId),
      own.entryIds,
      'nor who received it',
    );
    t.same(markersIn(JSON.stringify(page)), []);
  }
  assertNoCanary(t, { log: exchange.log });
});

await throughADoor(t, exchange, 'what was erased is named as erased, without content', async (t, _as, door) => {
  const [author, reader] = await three(door);
  const sent = await sendCase(author.system, reader.id, ['STAMMDATEN', 'SPRACHE']);
  const theirs = await clientOf(reader, sent.forwardingId);
  const { erasedAt } = await author.system.done('eraseClient', {
    params: { clientId: sent.clientId },
    body: { confirm: true },
  });
  const page = await pageOf(author.system, sent.clientId);
  t.match(page, { entries: [], fileReference: null });
  t.same(
    page.erasedEntries.map((one: Any) => [one.id, one.erasedAt]),
    sent.entryIds.map((id) => [id, erasedAt]),
  );
  t.ok(page.given.length === 2 && page.given.every((one: Any) => one.endCause === 'ERASED'));
  const held = await pageOf(reader.system, theirs);
  t.match(held, { entries: [], erasedEntries: [], given: [], closures: [] });
  t.equal(held.received.length, 2, 'who had read it sees that it has ended');
  t.ok(held.received.every((one: Any) => one.closedAt === erasedAt));
});

await throughADoor(t, exchange, 'after a link has ended each side has its own', async (t, _as, door) => {
  const [one, other, third] = await three(door);
  const first = await openCase(one.system);
  const second = await openCase(other.system);
  const { linkId } = await link(one, first.clientId, other, second.clientId);
  await other.system.done('recordStatement', {
    params: { clientId: second.clientId },
    body: no({ recipient: third.id }),
  });
  t.equal((await pageOf(one.system, first.clientId)).statements.length, 1, 'a no about everybody is shown to all');
  await unlink(one, first.clientId, linkId);
  t.equal((await pageOf(one.system, first.clientId)).statements.length, 0);
  t.equal((await pageOf(other.system, second.clientId)).statements.length, 1);
});

await throughADoor(t, exchange, 'a foreign client is none, and no other language is spoken', async (t, _as, door) => {
  const [author, reader] = await three(door);
  const { clientId } = await openCase(author.system);
  const missing = await reader.system.refused('getOwnPage', { params: { clientId: NOTHING } });
  t.match(missing, { code: 'not-found', status: 404 });
  const foreign = await reader.system.refused('getOwnPage', { params: { clientId } });
  t.equal(foreign.bytes, missing.bytes, 'and one that is not there is the same');
  for (const id of MALFORMED_IDS) {
    t.match(await reader.system.refused('getOwnPage', { params: { clientId: id } }), { code: 'not-found' });
  }
  const refused = await author.system.refused('getOwnPage', { params: { clientId }, query: { language: 'fr' } });
  t.match(refused, { code: 'bad-request', status: 400 });
  for (const scopes of [['consent:read'], ['laufzettel:read'], ['audit:read']]) {
    const { system } = await admit(exchange, door, { agencyId: author.id, scopes });
    t.equal((await system.refused('getOwnPage', { params: { clientId } })).code, 'scope-missing');
  }
});

t.test('a recall is the cause of what it ended, and not of what had ended before', async (t) => {
  const [author, reader] = await three('REST');
  const { system } = author;
  const sent = await openCase(system, ['STAMMDATEN', 'GESUNDHEIT']);
  const said = (category: string) => ({ recipient: reader.id, categories: [category] });
  for (const category of ['STAMMDATEN', 'GESUNDHEIT']) await sayYes(system, sent.clientId, said(category));
  const forwardingId = await sendOn(author, sent, reader);
  const weaker = { ...said('GESUNDHEIT'), form: 'ORAL', statedAt: new Date().toISOString(), confirm: true };
  await sayYes(system, sent.clientId, weaker);
  const { version } = await system.done('getForwarding', { params: { forwardingId } });
  await system.done('recallForwarding', { params: { forwardingId }, body: { expectedVersion: version } });
  const { given } = await pageOf(system, sent.clientId);
  const causes = given.map((one: Any) => [one.category, one.closedAt !== null, one.endCause]);
  t.same(Object.fromEntries(causes.map(([category, ...end]: Any[]) => [category, end])), {
    STAMMDATEN: [true, 'FORWARDING_ENDED'],
    GESUNDHEIT: [true, null],
  });
});

t.test('what does not fit on a page is refused, with the way to it', async (t) => {
  const [author] = await three('REST');
  const { clientId } = await openCase(author.system);
  await author.system.done('recordStatement', { params: { clientId }, body: no() });
  const [{ columns }] = await exchange.sql(
    `SELECT string_agg(quote_ident(column_name), ', ') AS columns FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = 'statement' AND column_name <> 'id'`,
  );
  const many = (count: number) =>
    exchange.sql(
      `INSERT INTO statement (id, ${columns}) SELECT uuidv7(), ${columns} FROM statement, generate_series(1, ${count})
       WHERE client_id = $1 AND id = (SELECT min(id::text)::uuid FROM statement WHERE client_id = $1)`,
      [clientId],
    );
  await many(1_998);
  const full = await pageOf(author.system, clientId);
  t.equal(full.statements.length + full.entries.length, 2_000);
  await many(1);
  const refused = await author.system.refused('getOwnPage', { params: { clientId } });
  t.match(refused, { code: 'conflict', status: 409 });
  t.match(refused.extra.detail, 'GET /v1/export');
});

await throughADoor(t, exchange, 'what was read by one way is not called unread for another', async (t, _as, door) => {
  const [one, other] = await three(door);
  const { clientId, laufzettelId, entryIds } = await openCase(one.system);
  await sayYes(one.system, clientId, { recipient: other.id, categories: ['STAMMDATEN'] });
  const first = await sendOn(one, { laufzettelId }, other);
  const slip = { clientId, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entryIds };
  await sendOn(one, { laufzettelId: (await one.system.done('createLaufzettel', { body: slip })).id }, other);
  const printed = async (): Promise<string> => {
    const headers = { authorization: `Bearer ${one.system.token}`, accept: 'text/html' };
    return (await fetch(`${one.system.url}/v1/clients/${clientId}/own-page?language=en`, { headers })).text();
  };
  t.equal((await printed()).match(/not read yet/g)?.length, 2);
  await clientOf(other, first);
  t.notMatch(await printed(), /not read yet/);
  const { given } = await pageOf(one.system, clientId);
  t.same(given.map(({ fetchedAt }: Any) => fetchedAt !== null).sort(), [false, true], 'each way by itself');
});
