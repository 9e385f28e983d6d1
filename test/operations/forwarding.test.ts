/** Forwarding: previewed, refused as a whole, sent in part, by a choice of entries, all or nothing. */
import type { Category, Kind } from '../../src/domain/catalogue.ts';
import { type System, throughADoor } from '../support/both-doors.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { admit, agree, type Case, count, forward, NOTHING, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const preview = (by: System, { laufzettelId }: Case, more: object = {}) =>
  by.done('previewForwarding', { params: { laufzettelId }, body: { recipient: AGENCY.caritas, ...more } });
const rows = (one: Case): Promise<number> => count(exchange, 'disclosure', 'entry_id = ANY ($1)', [one.entryIds]);

interface Row {
  what: string;
  entries: Category[];
  consent: Category[];
  kind?: Kind;
  chosen?: number[];
  strict?: boolean;
  /** Permitted entries by their place; null: refused as a whole. */
  sent: number[] | null;
  missingCore?: Category[];
}

const CASES: Row[] = [
  { what: 'everything goes', entries: ['STAMMDATEN', 'SPRACHE'], consent: ['STAMMDATEN', 'SPRACHE'], sent: [0, 1] },
  { what: 'what is not agreed to stays', entries: ['STAMMDATEN', 'SPRACHE'], consent: ['STAMMDATEN'], sent: [0] },
  {
    what: 'all or nothing, all',
    entries: ['STAMMDATEN', 'SPRACHE'],
    consent: ['STAMMDATEN', 'SPRACHE'],
    strict: true,
    sent: [0, 1],
  },
  {
    what: 'all or nothing, nothing',
    entries: ['STAMMDATEN', 'SPRACHE'],
    consent: ['STAMMDATEN'],
    strict: true,
    sent: null,
  },
  {
    what: 'all of the chosen',
    entries: ['STAMMDATEN', 'SPRACHE'],
    consent: ['STAMMDATEN'],
    chosen: [0],
    strict: true,
    sent: [0],
  },
  {
    what: 'the chosen alone',
    entries: ['STAMMDATEN', 'SPRACHE'],
    consent: ['STAMMDATEN', 'SPRACHE'],
    chosen: [0],
    sent: [0],
  },
  { what: 'chosen twice is once', entries: ['STAMMDATEN'], consent: ['STAMMDATEN'], chosen: [0, 0], sent: [0] },
  {
    what: 'not without its core',
    entries: ['STAMMDATEN', 'SPRACHE'],
    consent: ['SPRACHE'],
    sent: null,
    missingCore: ['STAMMDATEN'],
  },
  {
    what: 'nor when the core is not chosen',
    entries: ['STAMMDATEN', 'SPRACHE'],
    consent: ['STAMMDATEN', 'SPRACHE'],
    chosen: [1],
    sent: null,
    missingCore: ['STAMMDATEN'],
  },
  {
    what: 'half a core is none',
    kind: 'BERATUNGSANFRAGE',
    entries: ['STAMMDATEN', 'KONTAKT'],
    consent: ['KONTAKT'],
    sent: null,
    missingCore: ['STAMMDATEN'],
  },
  { what: 'nothing on it', entries: [], consent: ['STAMMDATEN'], sent: null, missingCore: ['STAMMDATEN'] },
  { what: 'nothing agreed to', entries: ['STAMMDATEN'], consent: [], sent: null, missingCore: ['STAMMDATEN'] },
];

await throughADoor(t, exchange, 'what is previewed is what is sent', async (t, as) => {
  const arge = await as('arge');
  for (const {
    what,
    entries,
    consent,
    kind = 'FALLMITTEILUNG',
    chosen,
    strict = false,
    sent,
    missingCore = [],
  } of CASES) {
    const one = await openCase(arge, entries, { kind });
    if (consent.length > 0) await sayYes(arge, one.clientId, { recipient: AGENCY.caritas, categories: consent });
    const asked = (chosen ?? [...entries.keys()]).map((place) => one.entryIds[place]!);
    const permitted = [...new Set(asked)].filter((id) => consent.includes(entries[one.entryIds.indexOf(id)]!));
    const withheld = [...new Set(asked)]
      .filter((id) => !permitted.includes(id))
      .map((entryId) => ({ entryId, category: entries[one.entryIds.indexOf(entryId)], reasons: ['NO_CONSENT'] }));
    const request = { strict, ...(chosen ? { entryIds: asked } : {}) };

    const before = await preview(arge, one, request);
    t.match(before, { refused: sent === null, missingCore, withheld }, what);
    t.same(
      before.permitted.map((entry: { entryId: string }) => entry.entryId),
      permitted,
    );
    t.equal(await rows(one), 0, 'a preview discloses nothing');
    const audited = "action = 'forwarding.preview' AND subject ->> 'laufzettel' = $1";
    t.equal(await count(exchange, 'audit', audited, [one.laufzettelId]), 1, 'and is audited');

    const outcome = await forward(arge, one, AGENCY.caritas, request);
    if (sent === null) {
      const scope = { discloser: AGENCY.arge, recipient: AGENCY.caritas, purpose: 'BERATUNG' };
      t.match(
        outcome,
        { ok: false, code: 'consent-missing', status: 403, extra: { withheld, missingCore, scope } },
        what,
      );
      t.equal(await rows(one), 0, 'nothing went');
      const refused = "action = 'forwarding.send' AND outcome = 'WITHHOLD' AND subject ->> 'laufzettel' = $1";
      t.equal(await count(exchange, 'audit', refused, [one.laufzettelId]), 1, 'and the refusal is audited');
    } else {
      const disclosed = sent.map((place) => ({ entryId: one.entryIds[place], closedAt: null }));
      const header = { laufzettelId: one.laufzettelId, status: 'SENT', version: 1, entries: [], closedEntries: [] };
      t.match(outcome, { ok: true, value: { withheld, forwarding: { ...header, disclosed } } }, what);
      t.equal(await rows(one), sent.length);
    }
  }
});

await throughADoor(
  t,
  exchange,
  'it is sent to another agency, with entries that the sender may name',
  async (t, as) => {
    const [arge, caritas] = [await as('arge'), await as('caritas')];
    const own = await openCase(arge);
    const foreign = await openCase(caritas);
    await sayYes(arge, own.clientId, { recipient: AGENCY.caritas, categories: ['STAMMDATEN'] });
    const wrong: [string, object, string][] = [
      ['to itself', { recipient: AGENCY.arge }, '/recipient'],
      ['to nobody', { recipient: NOTHING }, '/recipient'],
      ['an entry that does not exist', { entryIds: [...own.entryIds, NOTHING] }, '/entryIds'],
      ["another agency's entry", { entryIds: foreign.entryIds }, '/entryIds'],
    ];
    for (const id of ['previewForwarding', 'forwardLaufzettel'] as const) {
      const ask = (more: object) =>
        arge.refused(id, { params: { laufzettelId: own.laufzettelId }, body: { recipient: AGENCY.caritas, ...more } });
      for (const [why, more, pointer] of wrong) {
        t.match(
          await ask(more),
          { code: 'rule-broken', status: 422, extra: { errors: [{ pointer }] } },
          `${id} ${why}`,
        );
      }
      const [unknown, hidden] = [await ask({ entryIds: [NOTHING] }), await ask({ entryIds: foreign.entryIds })];
      t.equal(
        hidden.bytes.replaceAll(foreign.entryIds[0]!, NOTHING),
        unknown.bytes,
        'unknown and foreign are the same',
      );
      t.equal((await ask({ entryIds: [] })).code, 'bad-request');
      const params = { laufzettelId: own.laufzettelId };
      const stranger = await caritas.refused(id, { params, body: { recipient: AGENCY.diakonie } });
      const nothing = { params: { laufzettelId: NOTHING }, body: { recipient: AGENCY.diakonie } };
      t.equal(stranger.code, 'not-found');
      t.equal(stranger.bytes, (await caritas.refused(id, nothing)).bytes);
    }
    t.equal(await rows(own), 0);
  },
);

await throughADoor(t, exchange, 'it is read by its two sides, and its first reading delivers it', async (t, as) => {
  const [arge, caritas, diakonie] = [await as('arge'), await as('caritas'), await as('diakonie')];
  const sent = await sendCase(arge, AGENCY.caritas, ['STAMMDATEN', 'SPRACHE']);
  const params = { forwardingId: sent.forwardingId };
  t.match(await arge.done('getForwarding', { params }), {
    status: 'SENT',
    version: 1,
    clientId: sent.clientId,
    entries: [],
  });
  t.match((await caritas.done('listInbox', { query: { limit: 1 } })).items, [
    { id: sent.forwardingId, status: 'SENT' },
  ]);
  t.match(
    await arge.done('getForwarding', { params }),
    { status: 'SENT' },
    'neither its sender nor a list delivers it',
  );

  const read = await caritas.done('getForwarding', { params });
  t.match(read, {
    status: 'DELIVERED',
    version: 2,
    from: AGENCY.arge,
    to: AGENCY.caritas,
    disclosed: [],
    closedEntries: [],
  });
  t.same(
    read.entries.map((entry: { id: string }) => entry.id),
    sent.entryIds,
  );
  t.ok(read.entries.every((entry: { clientId: string }) => entry.clientId === read.clientId));
  t.same(await caritas.done('getForwarding', { params }), read, 'a second reading changes nothing');
  const { status, version, changedAt, disclosed } = await arge.done('getForwarding', { params });
  t.same([status, version, changedAt], ['DELIVERED', 2, read.changedAt], 'its sender sees that it was delivered');
  t.match(
    disclosed,
    sent.entryIds.map((entryId) => ({ entryId, closedAt: null })),
  );

  const foreign = await diakonie.refused('getForwarding', { params });
  t.match(foreign, { code: 'not-found', status: 404 });
  t.equal(foreign.bytes, (await diakonie.refused('getForwarding', { params: { forwardingId: NOTHING } })).bytes);
});

await throughADoor(t, exchange, 'facts of residence never go to a public body', async (t, _as, door) => {
  const [one, office] = [await admit(exchange, door), await admit(exchange, door, { publicBody: true })];
  const other = await admit(exchange, door);
  await agree([one, office, other], { categories: ['STAMMDATEN', 'AUFENTHALT'] });
  const sent = await openCase(one.system);
  const body = { category: 'AUFENTHALT', payload: { aufenthaltstitel: 'UNGEKLAERT' } };
  const { id } = await one.system.done('addEntry', { params: { clientId: sent.clientId }, body });
  const entryIds = [...sent.entryIds, id];
  for (const recipient of [office.id, other.id]) {
    await sayYes(one.system, sent.clientId, { recipient, categories: ['STAMMDATEN', 'AUFENTHALT'] });
  }
  const guarded = await forward(one.system, sent, office.id, { entryIds });
  t.match(guarded, { ok: true, value: { withheld: [{ entryId: id, reasons: ['RESIDENCE_GUARD'] }] } });
  t.match(await forward(one.system, sent, other.id, { entryIds }), { ok: true, value: { withheld: [] } });
});
