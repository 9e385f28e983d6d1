/** What the person said last is what holds, at once and for everybody; and a weaker yes has to be confirmed. */
import { startOfDayBerlin } from '../../src/domain/calendar.ts';
import type { Category } from '../../src/domain/catalogue.ts';
import { type System, throughADoor } from '../support/both-doors.ts';
import { no, yes } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { count, forward, instant, justAfter, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const DAY_MS = 86_400_000;
const soon = (days: number): string => instant(Date.now(), days * DAY_MS);
const withheld = (...reasons: string[]) => ({ ok: false, code: 'consent-missing', extra: { withheld: [{ reasons }] } });
const categoriesOf = (read: { entries: { category: Category }[] }): Category[] =>
  read.entries.map((one) => one.category);

await throughADoor(t, exchange, 'a yes, a no, and a yes again', async (t, as) => {
  const arge = await as('arge');
  const sent = await openCase(arge);
  const { clientId } = sent;
  const scope = { recipient: AGENCY.caritas, categories: ['STAMMDATEN'] };
  t.match(await forward(arge, sent, AGENCY.caritas), withheld('NO_CONSENT'));
  await sayYes(arge, clientId, scope);
  t.match(await forward(arge, sent, AGENCY.caritas), { ok: true });
  for (const decision of ['REFUSED', 'WITHDRAWN']) {
    const said = await arge.done('recordStatement', { params: { clientId }, body: no({ decision }) });
    t.match(await forward(arge, sent, AGENCY.caritas), withheld(decision));
    await sayYes(arge, clientId, { ...scope, statedAt: instant(said.recordedAt) });
    t.match(await forward(arge, sent, AGENCY.caritas), withheld(decision), 'a yes of that very instant lifts nothing');
    await sayYes(arge, clientId, { ...scope, statedAt: justAfter(said) });
    t.match(await forward(arge, sent, AGENCY.caritas), { ok: true }, 'a yes after it does');
  }
});

await throughADoor(t, exchange, 'a no stops what it names, and everything when it names nothing', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const rows: [string, Record<string, unknown>, Category[]][] = [
    ['another recipient', { recipient: AGENCY.diakonie }, ['STAMMDATEN', 'KONTAKT']],
    ['another discloser', { discloser: AGENCY.diakonie }, ['STAMMDATEN', 'KONTAKT']],
    ['another purpose', { purpose: 'TERMIN' }, ['STAMMDATEN', 'KONTAKT']],
    ['one category', { categories: ['KONTAKT'] }, ['STAMMDATEN']],
    ['the recipient', { recipient: AGENCY.caritas }, []],
    ['the discloser', { discloser: AGENCY.arge }, []],
    ['everything', {}, []],
  ];
  for (const [what, scope, left] of rows) {
    const { clientId, forwardingId } = await sendCase(arge, AGENCY.caritas, ['STAMMDATEN', 'KONTAKT']);
    const params = { forwardingId };
    t.same(categoriesOf(await caritas.done('getForwarding', { params })), ['STAMMDATEN', 'KONTAKT']);
    await arge.done('recordStatement', { params: { clientId }, body: no(scope) });
    const read = await caritas.done('getForwarding', { params });
    t.same(categoriesOf(read), left, what);
    t.equal(read.closedEntries.length, 2 - left.length);
    t.equal(read.status, left.length === 0 ? 'BLOCKED' : 'DELIVERED');
    t.same(
      read.entries.length,
      (await caritas.done('listEntries', { params: { clientId: read.clientId } })).items.length,
      'on every way',
    );
  }
});

await throughADoor(t, exchange, 'the recipient may record the no of its client', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const { forwardingId } = await sendCase(arge, AGENCY.caritas);
  const params = { forwardingId };
  const { clientId } = await caritas.done('getForwarding', { params });
  const said = await caritas.done('recordStatement', { params: { clientId }, body: no() });
  t.match(said, { decision: 'WITHDRAWN', recordedBy: AGENCY.caritas });
  t.match(await caritas.done('getForwarding', { params }), { status: 'BLOCKED', entries: [] });
  t.match(await arge.done('getForwarding', { params }), {
    status: 'BLOCKED',
    disclosed: [{ closedAt: said.recordedAt }],
  });
});

await throughADoor(t, exchange, 'an entry under secrecy needs a release beside the consent', async (t, as) => {
  const arge = await as('arge');
  const scope = { recipient: AGENCY.caritas, categories: ['STAMMDATEN', 'BERATUNGSNOTIZ'] };
  const sent = await openCase(arge, ['STAMMDATEN', 'BERATUNGSNOTIZ']);
  const params = { clientId: sent.clientId };
  const release = (more: object) => {
    const { purpose: _, ...body } = yes({ recipient: AGENCY.caritas, categories: ['BERATUNGSNOTIZ'], ...more });
    return arge.done('recordRelease', { params, body });
  };
  const whole = () => forward(arge, sent, AGENCY.caritas, { strict: true });
  await release({});
  const alone = { withheld: [{ reasons: ['NO_CONSENT'] }, { reasons: ['NO_CONSENT'] }] };
  t.match(await whole(), { ok: false, extra: alone }, 'a release alone never permits');
  await sayYes(arge, sent.clientId, scope);
  t.match(await whole(), { ok: true });
  const withdrawn = await arge.done('recordRelease', { params, body: no() });
  t.match(await whole(), withheld('SECRECY_RELEASE_MISSING'));
  await release({ statedAt: justAfter(withdrawn), form: 'ORAL' });
  t.match(await whole(), withheld('SECRECY_RELEASE_MISSING'), 'an oral one is none');
  await release({ statedAt: instant(new Date().toISOString()), form: 'ELECTRONIC' });
  t.match(await whole(), { ok: true });
});

/** A new yes to a case that was sent, and what it would do to what is open. */
const WEAKER: [string, Record<string, unknown>, object | null][] = [
  ['a weaker form', { form: 'ORAL' }, { weakerFor: ['GESUNDHEIT'], disclosuresClosed: 1 }],
  ['not explicit', { explicitSpecialCategories: false }, { weakerFor: ['GESUNDHEIT'], disclosuresClosed: 1 }],
  [
    'an earlier end',
    { validUntil: soon(20) },
    { weakerFor: ['STAMMDATEN', 'GESUNDHEIT'], disclosuresEndingEarlier: 2 },
  ],
  ['an end that has passed', { validFrom: soon(-9), validUntil: soon(-1) }, { disclosuresClosed: 2 }],
  ['a person who cannot', { statedBy: 'GUARDIAN' }, { disclosuresClosed: 2 }],
  [
    'a millisecond less',
    { validUntil: instant(startOfDayBerlin(String(yes({}).validUntil)), -1) },
    { weakerFor: ['STAMMDATEN', 'GESUNDHEIT'], disclosuresClosed: 0, disclosuresEndingEarlier: 2 },
  ],
  [
    'a weaker form from a later day on',
    { validFrom: soon(10), form: 'ORAL' },
    { weakerFor: ['GESUNDHEIT'], disclosuresClosed: 0, disclosuresEndingEarlier: 1 },
  ],
  ['a weaker form that was stated before', { statedAt: soon(-3), validFrom: soon(-3), form: 'ORAL' }, null],
  ['a weaker form for another purpose', { purpose: 'SPRACHFOERDERUNG', form: 'ORAL' }, null],
  ['a weaker form for another recipient', { recipient: AGENCY.diakonie, form: 'ORAL' }, null],
  ['the very same', {}, null],
  ['a later end', { validUntil: soon(300) }, null],
  ['a later begin and end', { validFrom: soon(10), validUntil: soon(300) }, null],
  ['fewer categories', { categories: ['STAMMDATEN'], validUntil: soon(300) }, null],
];

await throughADoor(t, exchange, 'a weaker yes is recorded once it is confirmed', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  for (const [what, weaker, consequence] of WEAKER) {
    const { clientId, forwardingId } = await sendCase(arge, AGENCY.caritas, ['STAMMDATEN', 'GESUNDHEIT']);
    const read = async () => categoriesOf(await caritas.done('getForwarding', { params: { forwardingId } }));
    t.same(await read(), ['STAMMDATEN', 'GESUNDHEIT']);
    await caritas.done('acceptForwarding', { params: { forwardingId }, body: { expectedVersion: 2 } });
    const record = (confirm: boolean) => newYes(arge, clientId, { ...weaker, confirm });
    const outcome = await record(false);
    if (consequence === null) {
      t.match(outcome, { ok: true }, what);
      t.same(await read(), ['STAMMDATEN', 'GESUNDHEIT']);
      continue;
    }
    const extra = { confirmWith: { confirm: true }, ...consequence };
    t.match(outcome, { code: 'confirmation-required', status: 409, extra }, what);
    t.equal(await count(exchange, 'statement', 'client_id = $1', [clientId]), 1, 'nothing was stored');
    t.same(await read(), ['STAMMDATEN', 'GESUNDHEIT'], 'and nothing has closed');
    t.match(await record(true), { ok: true }, `${what}, confirmed`);
    const closed = (consequence as { disclosuresClosed?: number }).disclosuresClosed ?? 0;
    t.same(await read(), ['STAMMDATEN', 'GESUNDHEIT'].slice(0, 2 - closed));
  }
});

function newYes(by: System, clientId: string, more: Record<string, unknown>) {
  const scope = { recipient: AGENCY.caritas, categories: ['STAMMDATEN', 'GESUNDHEIT'] };
  const statedAt = new Date().toISOString();
  return by.call('recordStatement', { params: { clientId }, body: yes({ ...scope, statedAt, ...more }) });
}
