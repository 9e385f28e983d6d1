/** Who sees what a person said: a yes its discloser, a no who has to act on it; the proof only who keeps it. */
import { type System, throughADoor } from '../support/both-doors.ts';
import { no, yes } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { forward, NOTHING, openCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

type Reader = 'arge' | 'caritas' | 'diakonie';
const READERS: readonly Reader[] = ['arge', 'caritas', 'diakonie'];

const SORTS = [
  { record: 'recordStatement', list: 'listStatements', giver: 'discloser', table: 'statement', refuse: 'REFUSED' },
  { record: 'recordRelease', list: 'listReleases', giver: 'origin', table: 'release', refuse: 'WITHDRAWN' },
] as const;

/** Each agency's handle on one person whom the ARGE told the other two about. */
async function handlesOn(systems: Record<Reader, System>): Promise<Record<Reader, string>> {
  const sent = await openCase(systems.arge);
  const handles: Record<string, string> = { arge: sent.clientId };
  for (const reader of ['caritas', 'diakonie'] as const) {
    const body = yes({ recipient: AGENCY[reader], categories: ['STAMMDATEN'] });
    await systems.arge.done('recordStatement', { params: { clientId: sent.clientId }, body });
    await forward(systems.arge, sent, AGENCY[reader]);
    handles[reader] = (await systems[reader].done('listInbox', { query: { limit: 1 } })).items[0].clientId;
  }
  return handles as Record<Reader, string>;
}

for (const { record, list, giver, table, refuse } of SORTS) {
  await throughADoor(t, exchange, `what a ${table} says is shown to whom it concerns`, async (t, as) => {
    const systems = { arge: await as('arge'), caritas: await as('caritas'), diakonie: await as('diakonie') };
    const handles = await handlesOn(systems);
    t.equal(new Set(Object.values(handles)).size, 3, 'each has a handle of its own');
    const { purpose, ...given } = yes({ recipient: AGENCY.caritas, categories: ['SPRACHE'] });
    const whole = table === 'statement' ? { ...given, purpose } : given;

    /** Who recorded what, and who sees it. */
    const rows: [string, Reader, Record<string, unknown>, readonly Reader[]][] = [
      ['a yes of the ARGE', 'arge', whole, ['arge']],
      ['a yes of its recipient, about its own entries', 'caritas', { ...whole, recipient: AGENCY.arge }, ['caritas']],
      ['a no about the ARGE', 'arge', no({ [giver]: AGENCY.arge }), ['arge']],
      ['a no about the ARGE, told to another', 'caritas', no({ [giver]: AGENCY.arge }), ['arge', 'caritas']],
      ['a no about somebody else', 'arge', no({ [giver]: AGENCY.diakonie }), ['arge', 'diakonie']],
      ['a no about a recipient', 'diakonie', no({ recipient: AGENCY.caritas }), READERS],
      ['a no about everything', 'caritas', no({ decision: refuse }), READERS],
    ];
    for (const [what, recorder, said, seenBy] of rows) {
      const recorded = await systems[recorder].done(record, { params: { clientId: handles[recorder] }, body: said });
      t.match(recorded, { clientId: handles[recorder], recordedBy: AGENCY[recorder] }, what);
      for (const reader of READERS) {
        const { items } = await systems[reader].done(list, { params: { clientId: handles[reader] } });
        const seen = items.find((one: { id: string }) => one.id === recorded.id);
        if (!seenBy.includes(reader)) {
          t.equal(seen, undefined, `${what} is not shown to ${reader}`);
        } else if (reader === recorder) {
          t.same(seen, recorded, `${what} is shown to who recorded it, as it was`);
        } else {
          const own = { clientId: handles[reader], recordedBy: null, evidenceRef: null, [giver]: AGENCY[reader] };
          t.same(
            seen,
            { ...recorded, ...own },
            `${what} is shown to ${reader}, as far as it is about ${reader}, without who recorded it`,
          );
        }
      }
    }
  });

  await throughADoor(t, exchange, `the proof of a ${table} is its recorder's alone`, async (t, as) => {
    const arge = await as('arge');
    const evidenceRef = 'Ordner Geheimfach 7, Blatt Ü';
    const { clientId } = await openCase(arge);
    const { purpose, ...given } = yes({ recipient: AGENCY.caritas, categories: ['SPRACHE'], evidenceRef });
    const body = table === 'statement' ? { ...given, purpose } : given;
    const { id } = await arge.done(record, { params: { clientId }, body });
    t.equal((await arge.done(list, { params: { clientId } })).items[0].evidenceRef, evidenceRef);
    const [row] = await exchange.sql(`SELECT s::text AS row, evidence_sealed AS sealed FROM ${table} s WHERE id = $1`, [
      id,
    ]);
    t.ok(row.sealed.length > evidenceRef.length);
    t.notOk(row.sealed.includes(Buffer.from('Geheimfach')));
    t.notMatch(row.row, 'Geheimfach');
    t.notMatch(row.row, Buffer.from('Geheimfach').toString('hex'));
  });

  await throughADoor(t, exchange, `a list of ${table}s has its pages and its client`, async (t, as) => {
    const [arge, caritas] = [await as('arge'), await as('caritas')];
    const { clientId } = await openCase(arge);
    const recorded: string[] = [];
    for (let number = 0; number < 3; number++) {
      recorded.unshift((await arge.done(record, { params: { clientId }, body: no({ decision: refuse }) })).id);
    }
    const ids = (page: { items: { id: string }[] }) => page.items.map((one) => one.id);
    t.same(ids(await arge.done(list, { params: { clientId } })), recorded, 'newest first');
    const first = await arge.done(list, { params: { clientId }, query: { limit: 2 } });
    const rest = await arge.done(list, { params: { clientId }, query: { limit: 2, cursor: first.nextCursor } });
    t.same([...ids(first), ...ids(rest)], recorded);
    t.equal(rest.nextCursor, null);

    const { clientId: another } = await openCase(arge);
    const query = { cursor: first.nextCursor };
    t.equal(
      (await arge.refused(list, { params: { clientId: another }, query })).code,
      'bad-request',
      'of another client',
    );
    const foreign = await caritas.refused(list, { params: { clientId } });
    t.match(foreign, { code: 'not-found', status: 404 });
    t.equal(foreign.bytes, (await caritas.refused(list, { params: { clientId: NOTHING } })).bytes);
    const recording = await caritas.refused(record, { params: { clientId }, body: no() });
    t.equal(recording.bytes, (await caritas.refused(record, { params: { clientId: NOTHING }, body: no() })).bytes);
  });
}
