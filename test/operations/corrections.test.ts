/** Corrections: a new entry replaces one, goes to everybody who held it and still may, and closes what was disclosed of it. */
import { type System, throughADoor } from '../support/both-doors.ts';
import { no, yes } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { admit, count, type entryOf, forward, NOTHING, openCase, payloadOf, sayYes, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const correct = (by: System, entryId: string, body: object) => by.call('correctEntry', { params: { entryId }, body });
const corrected = async (by: System, entryId: string, more: object = {}) => {
  const outcome = await correct(by, entryId, { payload: payloadOf('STAMMDATEN'), ...more });
  if (!outcome.ok) throw new Error(outcome.bytes);
  return outcome.value;
};
const read = (by: System, forwardingId: string) => by.done('getForwarding', { params: { forwardingId } });

/** What an agency was told of a forwarding or an entry, in order. */
const told = async (agency: string, ...ids: string[]): Promise<string[]> =>
  (
    await exchange.sql(
      `SELECT type FROM event WHERE agency_id = $1 AND (subject ->> 'forwardingId' = ANY ($2)
         OR subject ->> 'entryId' = ANY ($2)) ORDER BY at, id`,
      [agency, ids],
    )
  ).map((event) => event.type);

await throughADoor(t, exchange, 'the new entry takes the place of the old one', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const sent = await sendCase(arge, AGENCY.caritas, ['STAMMDATEN', 'KONTAKT']);
  const [old, contact] = sent.entryIds as [string, string];
  await read(caritas, sent.forwardingId);

  const fresh = await corrected(arge, old);
  t.match(fresh, {
    clientId: sent.clientId,
    category: 'STAMMDATEN',
    origin: AGENCY.arge,
    replaces: old,
    replacedBy: null,
  });
  const before = await arge.done('getEntry', { params: { entryId: old } });
  t.match(before, { replaces: null, replacedBy: fresh.id }, 'its author still has the old one');
  const { entryIds } = await arge.done('getLaufzettel', { params: { laufzettelId: sent.laufzettelId } });
  t.same([...entryIds].sort(), [old, contact, fresh.id].sort(), 'it joins the Laufzettel');

  const seen = await read(caritas, sent.forwardingId);
  t.equal(seen.status, 'DELIVERED');
  const byId = new Map<string, { payload: unknown; replaces: string | null; replacedBy: string | null }>(
    seen.entries.map((entry: { id: string }) => [entry.id, entry]),
  );
  t.same([...byId.keys()].sort(), [contact, fresh.id].sort());
  t.match(byId.get(fresh.id), { payload: fresh.payload, replaces: old, replacedBy: null }, 'who had read it is told');
  t.match(seen.closedEntries, [{ entryId: old, category: 'STAMMDATEN' }]);
  t.same(
    [await told(AGENCY.caritas, old, fresh.id), await told(AGENCY.arge, old, fresh.id)],
    [['entry.corrected', 'disclosure.closed'], ['disclosure.fetched']],
    'and by events; who did it is told that the new one was read',
  );
  const subject = `subject ->> 'entry' = $1 AND subject ->> 'replaces' = $2 AND jsonb_array_length(subject -> 'permitted') = 1`;
  t.equal(await count(exchange, 'audit', `action = 'entry.correct' AND ${subject}`, [fresh.id, old]), 1);
  t.equal(
    (await count(exchange, 'audit', `action = 'disclosure.close' AND outcome = 'ENTRY_CORRECTED'`, [])) > 0,
    true,
  );

  const again = await forward(arge, sent, AGENCY.caritas);
  const went = again.ok ? again.value.forwarding.disclosed.map((one: { entryId: string }) => one.entryId) : [];
  t.same(went.sort(), [contact, fresh.id].sort(), 'the old one does not go any more');
  const named = {
    ok: false,
    code: 'rule-broken',
    extra: { errors: [{ pointer: '/entryIds', detail: new RegExp(fresh.id) }] },
  };
  t.match(await forward(arge, sent, AGENCY.caritas, { entryIds: [old] }), named, 'nor when it is named');
  const preview = { params: { laufzettelId: sent.laufzettelId }, body: { recipient: AGENCY.caritas, entryIds: [old] } };
  t.match(await arge.call('previewForwarding', preview), named);

  const last = await corrected(arge, fresh.id);
  t.equal(last.replaces, fresh.id, 'and a correction can be corrected');
  t.match((await read(caritas, sent.forwardingId)).entries, { length: 2 });
});

await throughADoor(
  t,
  exchange,
  'who had not read the old one reads the new one as if it were the first',
  async (t, as) => {
    const [arge, caritas] = [await as('arge'), await as('caritas')];
    const sent = await sendCase(arge, AGENCY.caritas);
    const fresh = await corrected(arge, sent.entryIds[0]!);
    const seen = await read(caritas, sent.forwardingId);
    t.match(seen, { status: 'DELIVERED', entries: [{ id: fresh.id, payload: fresh.payload }] });
    t.same([seen.entries[0].replaces, seen.closedEntries], [null, []]);
    t.same(await told(AGENCY.caritas, sent.entryIds[0]!), []);
    t.equal((await caritas.refused('getEntry', { params: { entryId: sent.entryIds[0] } })).code, 'not-found');
  },
);

await throughADoor(t, exchange, 'it follows the old one along the chain', async (t, as) => {
  const [a, b, c] = [await as('caritas'), await as('arge'), await as('tgsh')];
  for (const stopped of [false, true]) {
    const first = await sendCase(a, AGENCY.arge);
    await sayYes(a, first.clientId, { recipient: AGENCY.tgsh, categories: ['STAMMDATEN'] });
    const on = await forward(b, first, AGENCY.tgsh);
    const second = on.ok ? on.value.forwarding.id : on.bytes;
    await read(b, first.forwardingId);
    await read(c, second);
    // The client releases its counsellor from secrecy towards B, not towards C; so a secret correction stops at B.
    if (stopped) {
      const { purpose: _, ...body } = yes({ recipient: AGENCY.arge, categories: ['STAMMDATEN'] });
      await a.done('recordRelease', { params: { clientId: first.clientId }, body });
    }
    const fresh = await corrected(a, first.entryIds[0]!, { secrecy: stopped });
    t.match(await read(b, first.forwardingId), { status: 'DELIVERED', entries: [{ id: fresh.id }] });
    const atC = await read(c, second);
    t.match(atC, { closedEntries: [{ entryId: first.entryIds[0] }] });
    t.same(
      atC.entries.map((entry: { id: string }) => entry.id),
      stopped ? [] : [fresh.id],
    );
    t.equal(atC.status, stopped ? 'BLOCKED' : 'DELIVERED');
    t.same(await told(AGENCY.tgsh, fresh.id), stopped ? [] : ['entry.corrected']);
    t.same(
      await told(AGENCY.arge, fresh.id),
      stopped ? ['entry.corrected'] : ['entry.corrected', 'entry.corrected', 'disclosure.fetched'],
      'who passed it on is told of both hops, and that its own was read',
    );
    const { items } = await a.done('listDisclosures', { params: { clientId: first.clientId } });
    const open = items.filter((row: { closedAt: string | null }) => row.closedAt === null);
    t.same(
      open.map((row: { entryId: string; to: string }) => [row.entryId, row.to]).sort(),
      (stopped
        ? [[fresh.id, AGENCY.arge]]
        : [
            [fresh.id, AGENCY.arge],
            [fresh.id, AGENCY.tgsh],
          ]
      ).sort(),
      'its author sees every hop of it',
    );
  }
});

await throughADoor(
  t,
  exchange,
  'who may not get the new one sees that the old one closed, and no more',
  async (t, as) => {
    const [arge, caritas] = [await as('arge'), await as('caritas')];
    const scenes: object[] = [];
    for (const correctIt of [true, false]) {
      const sent = await sendCase(arge, AGENCY.caritas);
      const [entryId] = sent.entryIds as [string];
      await read(caritas, sent.forwardingId);
      let id = NOTHING;
      if (correctIt) {
        // Nobody is released from secrecy, so it stays here.
        id = (await corrected(arge, entryId, { secrecy: true })).id;
      } else {
        const body = no({ discloser: AGENCY.arge, recipient: AGENCY.caritas });
        await arge.done('recordStatement', { params: { clientId: sent.clientId }, body });
      }
      const seen = await read(caritas, sent.forwardingId);
      const { items } = await caritas.done('listEntries', { params: { clientId: seen.clientId } });
      const laufzettel = await caritas.done('getLaufzettel', { params: { laufzettelId: sent.laufzettelId } });
      const disclosures = (await caritas.done('listDisclosures', { params: { clientId: seen.clientId } })).items;
      const scene = {
        seen,
        items,
        laufzettel,
        disclosures,
        unknown: [
          (await caritas.refused('getEntry', { params: { entryId: id } })).bytes,
          ((await correct(caritas, id, { payload: {} })) as { bytes: string }).bytes,
          await caritas
            .refused('correctEntry', { params: { entryId }, body: { payload: {} } })
            .then((one) => one.bytes),
        ],
        told: await told(AGENCY.caritas, sent.forwardingId, entryId, id),
      };
      const ids = [...Object.values(sent).flat(), seen.clientId, disclosures[0].id];
      const text = ids.reduce((text, one) => text.replaceAll(String(one), 'id'), JSON.stringify(scene));
      scenes.push(JSON.parse(text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'instant')));
    }
    t.same(scenes[0], scenes[1]);
    t.match(scenes[0], { seen: { status: 'BLOCKED', entries: [], closedEntries: [{}] } });
  },
);

await throughADoor(
  t,
  exchange,
  'what was written by others, is unknown or was replaced is not corrected',
  async (t, as, door) => {
    const [arge, caritas, tgsh] = [await as('arge'), await as('caritas'), await as('tgsh')];
    const sent = await sendCase(arge, AGENCY.caritas);
    const [entryId] = sent.entryIds as [string];
    const body = { payload: payloadOf('STAMMDATEN') };
    t.match(await correct(caritas, entryId, body), { ok: false, code: 'not-allowed', status: 403 }, 'it holds it');
    const [foreign, unknown] = [await correct(tgsh, entryId, body), await correct(tgsh, NOTHING, body)];
    t.match(foreign, { ok: false, code: 'not-found', status: 404 });
    t.equal(!foreign.ok && foreign.bytes, !unknown.ok && unknown.bytes);
    const reader = await admit(exchange, door, { scopes: ['laufzettel:read'], agencyId: AGENCY.arge });
    t.match(await correct(reader.system, entryId, body), { ok: false, code: 'scope-missing' });
    const fresh = await corrected(arge, entryId);
    const twice = await correct(arge, entryId, body);
    t.match(twice, { ok: false, code: 'conflict', status: 409, extra: { replacedBy: fresh.id } });

    const lost = await openCase(arge);
    await exchange.sql('UPDATE client_key SET wrapped = NULL, destroyed_at = api.clock_now() WHERE client_id = $1', [
      lost.clientId,
    ]);
    t.match(await correct(arge, lost.entryIds[0]!, body), { ok: false, code: 'not-found' }, 'nor what was erased');
  },
);

/** What is wrong with a correction, and where it is told. */
const WRONG: [string, Parameters<typeof entryOf>[0], (client: string, other: string) => object, string, string][] = [
  ['no payload', 'STAMMDATEN', () => ({}), 'bad-request', '/payload'],
  ['a payload of another category', 'STAMMDATEN', () => ({ payload: payloadOf('SPRACHE') }), 'bad-request', '/payload'],
  [
    'a value that is none',
    'SPRACHE',
    () => ({ payload: { deutschNiveau: 'Z9' } }),
    'bad-request',
    '/payload/deutschNiveau',
  ],
  [
    'a category of its own',
    'SPRACHE',
    () => ({ payload: payloadOf('SPRACHE'), category: 'KONTAKT' }),
    'bad-request',
    '',
  ],
  [
    'a filing of no document',
    'SPRACHE',
    () => ({ payload: payloadOf('SPRACHE'), filedUnder: ['SCHULE'] }),
    'bad-request',
    '/filedUnder',
  ],
  [
    'a note that is no secret',
    'BERATUNGSNOTIZ',
    () => ({ payload: payloadOf('BERATUNGSNOTIZ'), secrecy: false }),
    'rule-broken',
    '/secrecy',
  ],
  ['nobody concerned', 'SPRACHE', () => ({ payload: payloadOf('SPRACHE'), concerns: [] }), 'bad-request', '/concerns'],
  [
    'without the client',
    'SPRACHE',
    (_, other) => ({ payload: payloadOf('SPRACHE'), concerns: [other] }),
    'rule-broken',
    '/concerns',
  ],
  [
    'a stranger',
    'SPRACHE',
    (client) => ({ payload: payloadOf('SPRACHE'), concerns: [client, NOTHING] }),
    'rule-broken',
    '/concerns',
  ],
  [
    'newly about residence',
    'DOKUMENT',
    () => ({ payload: payloadOf('DOKUMENT'), filedUnder: ['AUFENTHALT'] }),
    'rule-broken',
    '/guardFrom',
  ],
];
await throughADoor(t, exchange, 'a correction keeps the rules of an entry', async (t, as) => {
  const arge = await as('arge');
  const { id: other } = await arge.done('createClient');
  for (const [why, category, body, code, pointer] of WRONG) {
    const { clientId, entryIds } = await openCase(arge, [category]);
    const outcome = await correct(arge, entryIds[0]!, body(clientId, other));
    t.match(outcome, { ok: false, code, extra: { errors: [{ pointer }] } }, why);
    t.equal(await count(exchange, 'entry', 'replaces = $1', [entryIds[0]]), 0);
  }
  const filed = await openCase(arge, ['DOKUMENT']);
  const outcome = await correct(arge, filed.entryIds[0]!, { payload: payloadOf('DOKUMENT') });
  t.match(outcome, { ok: true, value: { filedUnder: ['SPRACHKURS'], replaces: filed.entryIds[0] } });
});

await throughADoor(t, exchange, 'somebody whom it newly concerns has to agree', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  for (const agreed of [false, true]) {
    const sent = await sendCase(arge, AGENCY.caritas);
    await read(caritas, sent.forwardingId);
    const { id: child } = await arge.done('createClient');
    if (agreed) await sayYes(arge, child, { recipient: AGENCY.caritas, categories: ['STAMMDATEN'] });
    const fresh = await corrected(arge, sent.entryIds[0]!, { concerns: [sent.clientId, child] });
    t.equal(fresh.concerns.length, 2);
    const { entries } = await read(caritas, sent.forwardingId);
    t.same(
      entries.map((entry: { concerns: string[] }) => entry.concerns.length),
      agreed ? [2] : [],
    );
  }
});

await throughADoor(t, exchange, 'of twenty corrections at once one is made', async (t, as) => {
  const arge = await as('arge');
  const sent = await sendCase(arge, AGENCY.caritas);
  const [entryId] = sent.entryIds as [string];
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => correct(arge, entryId, { payload: payloadOf('STAMMDATEN') })),
  );
  const made = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value.id] : []));
  t.equal(made.length, 1);
  for (const outcome of outcomes)
    if (!outcome.ok) t.match(outcome, { code: 'conflict', extra: { replacedBy: made[0] } });
  t.equal(await count(exchange, 'disclosure', 'entry_id = $1 AND closed_at IS NULL', [made[0]]), 1);
  t.equal(await count(exchange, 'disclosure', 'entry_id = $1 AND closed_at IS NULL', [entryId]), 0);
});

await throughADoor(
  t,
  exchange,
  'what its author has corrected joins no Laufzettel any more; of others’ corrections nothing is said',
  async (t, as) => {
    const [arge, caritas] = [await as('arge'), await as('caritas')];
    const sent = await sendCase(arge, AGENCY.caritas, ['STAMMDATEN', 'KONTAKT']);
    const { clientId: theirs } = await read(caritas, sent.forwardingId);
    const [old] = sent.entryIds as [string];
    const empty = { clientId: sent.clientId, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entryIds: [] };
    const another = await arge.done('createLaufzettel', { body: empty });
    const fresh = await corrected(arge, old);
    const slip = (clientId: string, entryId: string) => ({
      clientId,
      kind: 'FALLMITTEILUNG',
      purpose: 'BERATUNG',
      entryIds: [entryId],
    });
    const add = (by: System, entryId: string) =>
      by.call('addToLaufzettel', { params: { laufzettelId: another.id }, body: { entryIds: [entryId] } });

    const refused = { ok: false, code: 'rule-broken', extra: { errors: [{ pointer: '/entryIds' }] } };
    t.match(await arge.call('createLaufzettel', { body: slip(sent.clientId, old) }), refused, 'a new one');
    t.match(await add(arge, old), refused, 'nor one that is there');
    t.match(await add(arge, fresh.id), { ok: true }, 'what replaces it does');
    const { entryIds } = await arge.done('createLaufzettel', { body: slip(sent.clientId, fresh.id) });
    t.same(entryIds, [fresh.id]);
    const held = await caritas.call('createLaufzettel', { body: slip(theirs, old) });
    t.match(held, { ok: true }, 'who had read it names it like anything else that has been closed');
  },
);
