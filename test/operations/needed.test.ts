/** From a refusal alone to a forwarding that goes: what `needed` says is recorded line by line, and nothing else. */
import { type System, throughADoor } from '../support/both-doors.ts';
import { no, yes } from '../support/consent-bodies.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { admit, agree, entryOf, forward, openCase, sayYes } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

interface Line {
  type: string;
  clientId: string;
  categories: string[];
  [member: string]: unknown;
}

const preview = (by: System, { laufzettelId }: { laufzettelId: string }, recipient: string) =>
  by.done('previewForwarding', { params: { laufzettelId }, body: { recipient } });

/** What the problem says is needed; the preview says the same. */
async function neededBy(t: Test, by: System, one: { laufzettelId: string }, recipient: string): Promise<Line[]> {
  const outcome = await forward(by, one, recipient);
  if (outcome.ok || outcome.code !== 'consent-missing') throw new Error(JSON.stringify(outcome));
  t.same((await preview(by, one, recipient)).needed, outcome.extra.needed, 'as the preview told');
  return outcome.extra.needed;
}
type Test = Parameters<Parameters<typeof throughADoor>[3]>[0];

/** The body of a statement or release that a line asks for, made of the line alone. */
async function say(by: System, line: Line): Promise<void> {
  const { clientId, categories, recipient, purpose, form, explicitSpecialCategories, statedBy } = line;
  const params = { clientId };
  const [speaker] = statedBy as string[];
  // Where a no stands, it has to be said now; yesterday's yes lies before it.
  const after = line.supersedes ? { statedAt: new Date().toISOString() } : {};
  const said = { recipient, categories, form: form === 'ANY' ? 'ORAL' : 'WRITTEN', statedBy: speaker, ...after };
  if (line.type === 'CONSENT') {
    await by.done('recordStatement', { params, body: yes({ ...said, purpose, explicitSpecialCategories }) });
  } else if (line.type === 'RELEASE') {
    const { purpose: _none, ...body } = yes(said);
    await by.done('recordRelease', { params, body });
  } else throw new Error(line.type);
}

await throughADoor(t, exchange, 'line by line until it goes', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([one, other]);
  const { id: clientId } = await one.system.done('createClient', { body: {} });
  const { id: sister } = await one.system.done('createClient', { body: {} });
  const entries = [
    entryOf('STAMMDATEN'),
    entryOf('KONTAKT'),
    entryOf('GESUNDHEIT'),
    entryOf('BERATUNGSNOTIZ'),
    entryOf('FAMILIE', { concerns: [clientId, sister] }),
  ];
  const body = { clientId, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entries };
  const laufzettelId = (await one.system.done('createLaufzettel', { body })).id;
  const refusal = { discloser: one.id, recipient: other.id, categories: ['KONTAKT'] };
  await one.system.done('recordStatement', { params: { clientId }, body: no(refusal) });

  const scope = { discloser: one.id, recipient: other.id, purpose: 'BERATUNG' };
  const lines = await neededBy(t, one.system, { laufzettelId }, other.id);
  t.match(lines, [
    { type: 'CONSENT', ...scope, clientId, categories: ['STAMMDATEN', 'FAMILIE', 'BERATUNGSNOTIZ'], form: 'ANY' },
    { type: 'CONSENT', ...scope, clientId, categories: ['KONTAKT'], supersedes: true },
    { type: 'CONSENT', ...scope, clientId, categories: ['GESUNDHEIT'], form: 'WRITTEN_OR_ELECTRONIC' },
    { type: 'CONSENT', ...scope, clientId: sister, categories: ['FAMILIE'] },
    { type: 'RELEASE', origin: one.id, recipient: other.id, clientId, categories: ['BERATUNGSNOTIZ'], purpose: null },
  ]);
  t.equal(lines.length, 5);
  for (const line of lines) await say(one.system, line);
  const outcome = await forward(one.system, { laufzettelId }, other.id, { strict: true });
  t.match(outcome, { ok: true, value: { withheld: [] } }, 'all of it');
  t.same((await preview(one.system, { laufzettelId }, other.id)).needed, []);
});

await throughADoor(t, exchange, 'an agreement, and what nobody can mend', async (t, _as, door) => {
  const [one, office] = [await admit(exchange, door), await admit(exchange, door, { publicBody: true })];
  const sent = await openCase(one.system);
  await sayYes(one.system, sent.clientId, { recipient: office.id, categories: ['STAMMDATEN'] });
  t.match(await neededBy(t, one.system, sent, office.id), [
    {
      type: 'AGREEMENT',
      parties: [one.id, office.id],
      purpose: 'BERATUNG',
      categories: ['STAMMDATEN'],
      clientId: null,
    },
  ]);
  await agree([one, office]);
  t.match(await forward(one.system, sent, office.id), { ok: true });

  const guarded = await openCase(one.system);
  const body = {
    entries: [{ category: 'AUFENTHALT', payload: { aufenthaltstitel: 'OHNE' } }],
    entryIds: guarded.entryIds,
  };
  const slip = { clientId: guarded.clientId, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', ...body };
  const laufzettelId = (await one.system.done('createLaufzettel', { body: slip })).id;
  t.match(await neededBy(t, one.system, { laufzettelId }, office.id), [
    { type: 'CONSENT', categories: ['STAMMDATEN'] },
    { type: 'NOT_POSSIBLE', reason: 'RESIDENCE_GUARD', categories: ['AUFENTHALT'], clientId: null },
  ]);
});

await throughADoor(t, exchange, 'of what another wrote: ask it, whatever was said to it', async (t, _as, door) => {
  const [a, b, c] = [await admit(exchange, door), await admit(exchange, door), await admit(exchange, door)];
  await agree([a, b, c]);
  const answers: unknown[] = [];
  const toC = { recipient: c.id, categories: ['STAMMDATEN'] };
  for (const saidToA of [
    async () => {},
    (clientId: string) =>
      a.system.done('recordStatement', { params: { clientId }, body: no({ ...toC, discloser: a.id }) }),
    (clientId: string) => sayYes(a.system, clientId, { ...toC, validFrom: '2026-01-01', validUntil: '2026-01-02' }),
  ]) {
    const one = await openCase(a.system);
    await sayYes(a.system, one.clientId, { recipient: b.id, categories: ['STAMMDATEN'] });
    await forward(a.system, one, b.id);
    await saidToA(one.clientId);
    answers.push(await neededBy(t, b.system, one, c.id));
  }
  t.match(answers[0], [{ type: 'ASK_ORIGIN', origin: a.id, categories: ['STAMMDATEN'], clientId: null }]);
  t.same(answers, [answers[0], answers[0], answers[0]]);
});
