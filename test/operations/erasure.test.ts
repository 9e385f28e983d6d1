/** Erasing a client: what an agency wrote about it is gone for everybody, what it disclosed of it ends at once. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { throughADoor } from '../support/both-doors.ts';
import { yes } from '../support/consent-bodies.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import {
  admit,
  agree,
  count,
  entryOf,
  forward,
  justAfter,
  MALFORMED_IDS,
  NOTHING,
  openCase,
  sayYes,
  sendCase,
} from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const LEDGER = join(exchange.keysDir, '../erasures.jsonl');
const CONFIRMED = { body: { confirm: true } };
const ledgerLines = async (clientId: string): Promise<number> =>
  (existsSync(LEDGER) ? await readFile(LEDGER, 'utf8') : '').split('\n').filter((line) => line.includes(clientId))
    .length;

await throughADoor(t, exchange, 'it says first what would end, and does it once confirmed', async (t, _as, door) => {
  const [origin, middle, last] = [
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
  ];
  await agree([origin, middle, last]);
  const sent = await sendCase(origin.system, middle.id, ['STAMMDATEN', 'KONTAKT']);
  const { clientId, laufzettelId, forwardingId, entryIds } = sent;
  const params = { clientId };
  await sayYes(origin.system, clientId, { recipient: last.id, categories: ['STAMMDATEN', 'KONTAKT'] });
  t.match(await middle.system.done('getForwarding', { params: { forwardingId } }), { entries: [{}, {}] });
  const onward = await forward(middle.system, sent, last.id);
  const onwardId = (onward as { value: { forwarding: { id: string } } }).value.forwarding.id;

  const asked = await origin.system.refused('eraseClient', { params, body: {} });
  t.match(asked, {
    code: 'confirmation-required',
    status: 409,
    extra: { confirmWith: { confirm: true }, entriesErased: 2, disclosuresClosed: 4 },
  });
  t.match(
    await middle.system.done('getForwarding', { params: { forwardingId } }),
    { entries: [{}, {}] },
    'nothing yet',
  );
  t.equal(await ledgerLines(clientId), 0);

  const erased = await origin.system.done('eraseClient', { params, ...CONFIRMED });
  t.match(erased, { clientId, erasedAt: String, entriesErased: 2, disclosuresClosed: 4 });
  t.equal(await ledgerLines(clientId), 1, 'it stands in the ledger');

  // For its origin.
  t.same((await origin.system.done('listEntries', { params })).items, []);
  for (const entryId of entryIds) {
    const gone = await origin.system.refused('getEntry', { params: { entryId } });
    t.equal(
      gone.bytes,
      (await origin.system.refused('getEntry', { params: { entryId: NOTHING } })).bytes,
      'as if it had never been',
    );
  }
  t.match(await origin.system.done('getLaufzettel', { params: { laufzettelId } }), { entryIds: [] });
  t.match(await origin.system.done('getClient', { params }), { id: clientId, fileReference: null });
  t.ok(
    (await origin.system.done('listStatements', { params })).items.every(
      (said: { evidenceRef: string | null }) => said.evidenceRef === null,
    ),
    'the evidence is unreadable, that it was said stays',
  );
  const { items } = await origin.system.done('listDisclosures', { params });
  t.equal(items.length, 4, 'who received what stays');
  t.ok(items.every((one: { closedAt: string }) => one.closedAt === erased.erasedAt));

  // For who had read it, and for who had not.
  t.match(await middle.system.done('getForwarding', { params: { forwardingId } }), {
    status: 'BLOCKED',
    entries: [],
    closedEntries: [{ entryId: entryIds[0] }, { entryId: entryIds[1] }],
  });
  t.match(await last.system.done('getForwarding', { params: { forwardingId: onwardId } }), {
    status: 'BLOCKED',
    entries: [],
    closedEntries: [],
  });
  t.equal(await count(exchange, 'client_key', 'client_id = $1 AND wrapped IS NULL', [clientId]), 1);
  t.match(await origin.system.refused('eraseClient', { params, ...CONFIRMED }), { code: 'conflict', status: 409 });
});

await throughADoor(t, exchange, 'afterwards a no is taken, a yes and an entry are not', async (t, _as, door) => {
  const [origin, other] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([origin, other]);
  const { clientId, laufzettelId, entryIds } = await openCase(origin.system, ['STAMMDATEN']);
  const params = { clientId };
  const said = await sayYes(origin.system, clientId, { recipient: other.id, categories: ['STAMMDATEN'] });
  await origin.system.done('eraseClient', { params, ...CONFIRMED });

  const body = yes({ recipient: other.id, categories: ['STAMMDATEN'], statedAt: justAfter(said) });
  t.match(await origin.system.refused('recordStatement', { params, body }), { code: 'not-found' }, 'no yes');
  t.match(await origin.system.refused('addEntry', { params, body: entryOf('KONTAKT') }), { code: 'not-found' });
  const slip = { clientId, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entryIds };
  t.match(await origin.system.refused('createLaufzettel', { body: slip }), { code: 'not-found' });
  const no = { decision: 'WITHDRAWN', statedAt: new Date().toISOString(), statedBy: 'PERSON', ageBand: 'ADULT' };
  t.match(await origin.system.done('recordStatement', { params, body: no }), { decision: 'WITHDRAWN' });

  const rest = await forward(origin.system, { laufzettelId }, other.id);
  t.match(
    rest,
    { code: 'consent-missing', extra: { withheld: [], missingCore: ['STAMMDATEN'] } },
    'nothing is left to go',
  );
  const named = await forward(origin.system, { laufzettelId }, other.id, { entryIds });
  const unknown = await forward(origin.system, { laufzettelId }, other.id, { entryIds: [NOTHING] });
  t.match(named, { code: 'rule-broken', extra: { errors: [{ pointer: '/entryIds' }] } });
  t.equal((unknown as { code: string }).code, (named as { code: string }).code);
});

await throughADoor(
  t,
  exchange,
  'only under that handle: other clients and other agencies keep theirs',
  async (t, _as, door) => {
    const [origin, other] = [await admit(exchange, door), await admit(exchange, door)];
    await agree([origin, other]);
    const erased = await sendCase(origin.system, other.id);
    const kept = await sendCase(origin.system, other.id);
    const atOther = (await other.system.done('getForwarding', { params: { forwardingId: erased.forwardingId } }))
      .clientId;
    const own = await other.system.done('addEntry', { params: { clientId: atOther }, body: entryOf('KONTAKT') });

    const created = await origin.system.done('createClient', { body: { fileReference: `MB-${door}-1` } });
    await origin.system.done('eraseClient', { params: { clientId: erased.clientId }, ...CONFIRMED });
    await origin.system.done('eraseClient', { params: { clientId: created.id }, ...CONFIRMED });
    t.match(await other.system.done('getForwarding', { params: { forwardingId: kept.forwardingId } }), {
      entries: [{}],
    });
    t.match(await other.system.done('getEntry', { params: { entryId: own.id } }), { id: own.id });
    const again = await origin.system.done('createClient', { body: { fileReference: `MB-${door}-1` } });
    t.not(again.id, created.id, 'its file reference is free again');
  },
);

await throughADoor(
  t,
  exchange,
  'foreign, unknown and malformed ids are the same, and a scope is needed',
  async (t, _as, door) => {
    const [origin, other] = [await admit(exchange, door), await admit(exchange, door)];
    const { id: clientId } = await origin.system.done('createClient', { body: {} });
    const unknown = await other.system.refused('eraseClient', { params: { clientId: NOTHING }, ...CONFIRMED });
    t.match(unknown, { code: 'not-found', status: 404 });
    const foreign = await other.system.refused('eraseClient', { params: { clientId }, ...CONFIRMED });
    t.equal(foreign.bytes, unknown.bytes);
    for (const id of MALFORMED_IDS) {
      t.equal(
        (await other.system.refused('eraseClient', { params: { clientId: id }, ...CONFIRMED })).code,
        'not-found',
      );
    }
    const reader = await admit(exchange, door, { scopes: ['laufzettel:read'], agencyId: origin.id });
    const refused = await reader.system.refused('eraseClient', { params: { clientId }, ...CONFIRMED });
    t.match(refused, { code: 'scope-missing', extra: { requiredScopes: ['laufzettel:write'] } });
    for (const body of [{ confirm: 'yes' }, { force: true }]) {
      t.equal((await origin.system.refused('eraseClient', { params: { clientId }, body })).code, 'bad-request');
    }
    t.equal(await count(exchange, 'client_key', 'client_id = $1 AND wrapped IS NOT NULL', [clientId]), 1);
    t.equal(await ledgerLines(clientId), 0);
  },
);

await throughADoor(t, exchange, 'twenty at once have one effect', async (t, _as, door) => {
  const [origin, other] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([origin, other]);
  const { clientId, laufzettelId } = await sendCase(origin.system, other.id);
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      index % 4 === 3
        ? forward(origin.system, { laufzettelId }, other.id)
        : origin.system.call('eraseClient', { params: { clientId }, ...CONFIRMED }),
    ),
  );
  const erasures = outcomes.filter((_, index) => index % 4 !== 3);
  t.equal(erasures.filter((one) => one.ok).length, 1);
  t.ok(
    erasures.every((one) => one.ok || one.code === 'conflict'),
    'the others are told that it has been done',
  );
  const forwards = outcomes.filter((_, index) => index % 4 === 3);
  t.ok(
    forwards.every((one) => one.ok || one.code === 'consent-missing'),
    'a forwarding came before it, or finds nothing',
  );
  t.equal(await ledgerLines(clientId), 1);
  t.equal(
    await count(exchange, 'disclosure d JOIN entry e ON e.id = d.entry_id', 'e.client_id = $1 AND closed_at IS NULL', [
      clientId,
    ]),
    0,
    'whatever came when, nothing stays open',
  );
});

await throughADoor(t, exchange, 'it is audited, and told to who has to know', async (t, _as, door) => {
  const [origin, other] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([origin, other]);
  const { clientId, forwardingId, entryIds } = await sendCase(origin.system, other.id);
  await other.system.done('getForwarding', { params: { forwardingId } });
  await origin.system.done('eraseClient', { params: { clientId }, ...CONFIRMED });
  const [audited] = await exchange.sql(
    `SELECT outcome, subject FROM audit WHERE agency_id = $1 AND action = 'client.erase'`,
    [origin.id],
  );
  t.same(audited, { outcome: 'DONE', subject: { client: clientId, entriesErased: 1, disclosuresClosed: 1 } });
  const [closed] = await exchange.sql(
    `SELECT outcome FROM audit WHERE agency_id = $1 AND action = 'disclosure.close'`,
    [origin.id],
  );
  t.equal(closed.outcome, 'ERASURE');
  const told = async (agency: string) =>
    (
      await exchange.sql(
        `SELECT type, subject FROM event WHERE agency_id = $1 AND NOT type LIKE ANY ('{agreement.%,system.%}') ORDER BY id`,
        [agency],
      )
    ).filter((event) => event.type !== 'forwarding.received' && event.type !== 'forwarding.delivered');
  t.match(await told(other.id), [
    { type: 'disclosure.closed', subject: { entryId: entryIds[0], forwardingId } },
    { type: 'forwarding.blocked', subject: { forwardingId } },
  ]);
  t.match(await told(origin.id), [{ type: 'forwarding.blocked' }], 'its own doing it knows');
});

await throughADoor(t, exchange, 'a recipient cannot tell it from a withdrawal', async (t, _as, door) => {
  const [origin, other] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([origin, other]);
  const seen = async (end: (clientId: string) => Promise<unknown>) => {
    const { clientId, laufzettelId, forwardingId, entryIds } = await sendCase(origin.system, other.id);
    const params = { forwardingId };
    const { clientId: own } = await other.system.done('getForwarding', { params });
    await end(clientId);
    const texts = [
      await other.system.done('getForwarding', { params }),
      await other.system.done('getLaufzettel', { params: { laufzettelId } }),
      await other.system.done('listEntries', { params: { clientId: own } }),
      await other.system.done('listDisclosures', { params: { clientId: own } }),
      await other.system.refused('getEntry', { params: { entryId: entryIds[0] } }),
      await exchange.sql(
        'SELECT type FROM event WHERE agency_id = $1 AND (subject ->> $2)::uuid = $3 ORDER BY at, type',
        [other.id, 'forwardingId', forwardingId],
      ),
    ];
    return JSON.stringify(texts)
      .replaceAll(/[0-9a-f-]{36}/g, '<id>')
      .replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, '<time>');
  };
  const no = { decision: 'WITHDRAWN', statedAt: new Date().toISOString(), statedBy: 'PERSON', ageBand: 'ADULT' };
  const withdrawn = await seen((clientId) => origin.system.done('recordStatement', { params: { clientId }, body: no }));
  const erased = await seen((clientId) => origin.system.done('eraseClient', { params: { clientId }, ...CONFIRMED }));
  t.equal(erased, withdrawn);
});

t.test('without a ledger that can be written nothing is erased', async (t) => {
  const path = join(exchange.keysDir, '../nowhere/erasures.jsonl');
  const broken = await startExchange({ ERASURE_LEDGER_FILE: path });
  t.teardown(() => broken.close());
  await throughADoor(t, broken, 'it is refused, and may be tried again', async (t, _as, door) => {
    await rm(join(path, '..'), { recursive: true, force: true });
    const origin = await admit(broken, door);
    const { clientId, entryIds } = await openCase(origin.system);
    const refused = await origin.system.refused('eraseClient', { params: { clientId }, ...CONFIRMED });
    t.match(refused, { code: 'overloaded', status: 503 });
    t.match(refused.extra.detail, /Nothing was erased/);
    t.equal(refused.extra.retryAfterSeconds, 300);
    t.match(await origin.system.done('getEntry', { params: { entryId: entryIds[0] } }), { id: entryIds[0] });
    t.ok(
      broken.log.some((line) => line.includes('erasure-ledger-unwritable') && line.includes('ENOENT')),
      'the operator is told why',
    );
    await mkdir(join(path, '..'));
    t.match(await origin.system.done('eraseClient', { params: { clientId }, ...CONFIRMED }), { entriesErased: 1 });
  });
  await rm(join(path, '..'), { recursive: true, force: true });
});
