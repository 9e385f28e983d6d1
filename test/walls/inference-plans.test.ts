/** What the other side of a plan may infer from it: nothing about what it does not get, whatever keeps it back. */
import { no, yes } from '../support/consent-bodies.ts';
import { AGENCY, type Exchange, type PartnerSystem, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { expecting, newClient, newSlip, partners } from './scenes.ts';
import { normalise } from './transcript.ts';

const goal = (ziel: string, more: object = {}) => ({
  category: 'FOERDERPLAN',
  payload: { ziele: [ziel], status: 'OFFEN' },
  secrecy: false,
  ...more,
});

interface Scene {
  arge: PartnerSystem;
  planId: string;
  /** Of the ARGE: of the plan, and another one. */
  client: string;
  other: string;
  slip: string;
}

const propose = async (by: PartnerSystem, planId: string, body: object) =>
  expecting(201, await by.post(`/v1/plans/${planId}/proposals`, body)).body;
const accept = async (by: PartnerSystem, planId: string, id: string) => {
  expecting(200, await by.get(`/v1/plans/${planId}`));
  expecting(200, await by.post(`/v1/plans/${planId}/proposals/${id}/answer`, { answer: 'ACCEPT' }));
};
const statement = async (by: PartnerSystem, client: string, body: object) =>
  expecting(201, await by.post(`/v1/clients/${client}/statements`, body));

/** What stays with the ARGE, and what is gone before the Caritas has read it: done between two parts that the Caritas gets. */
type Hide = (scene: Scene) => Promise<unknown>;
const NEVER_SENT: Record<string, Hide> = {
  'a proposal that was refused': async ({ arge, planId, client, other }) => {
    const refused = await arge.post(`/v1/plans/${planId}/proposals`, {
      entry: goal('Mit anderen', { concerns: [client, other] }),
    });
    expecting(403, refused);
  },
  'another plan, of which nothing was disclosed': async ({ arge, slip }) => {
    const body = { laufzettelId: slip, partner: AGENCY.caritas, nameCode: 'INTEGRATIONSFOERDERPLAN' };
    expecting(201, await arge.post('/v1/plans', body));
  },
};
const GONE_UNREAD: Record<string, Hide> = {
  'a proposal that was withdrawn unread': async ({ arge, planId }) => {
    const { id } = await propose(arge, planId, { entry: goal('Zurückgezogen'), after: null, reviewOn: '2030-01-01' });
    expecting(200, await arge.post(`/v1/plans/${planId}/proposals/${id}/withdraw`, undefined));
  },
  'a part that a no closed unread': async ({ arge, planId, client, other }) => {
    const both = { recipient: AGENCY.caritas, categories: ['FOERDERPLAN'] };
    await statement(arge, other, yes(both));
    await propose(arge, planId, { entry: goal('Über zwei', { concerns: [client, other] }), after: null });
    await statement(arge, other, no({ categories: ['FOERDERPLAN'] }));
  },
};

async function seenBy(exchange: Exchange, hide: Hide): Promise<{ shown: string; told: string[] }> {
  const { arge, caritas } = await partners(exchange, 'arge', 'caritas');
  const [{ last }] = await exchange.sql('SELECT coalesce(max(place), 0) AS last FROM event');
  const [client, other] = [await newClient(arge), await newClient(arge)];
  await statement(arge, client, yes({ recipient: AGENCY.caritas, categories: ['FOERDERPLAN'] }));
  const { id: slip } = await newSlip(arge, client, [], { kind: 'FOERDERPLAN' });
  const opened = { laufzettelId: slip, partner: AGENCY.caritas, nameCode: 'FOERDERPLAN' };
  const planId = expecting(201, await arge.post('/v1/plans', opened)).body.id;
  const first = await propose(arge, planId, { entry: goal('Deutsch B1'), reviewOn: '2029-05-20' });
  await accept(caritas, planId, first.id);
  await hide({ arge, planId, client, other, slip });
  const second = await propose(arge, planId, { entry: goal('Schule'), after: first.partId });
  const open = await propose(arge, planId, { entry: goal('Wohnung') });
  await accept(caritas, planId, second.id);
  const { clientId } = expecting(200, await caritas.get(`/v1/plans/${planId}`)).body;
  await statement(caritas, clientId, yes({ recipient: AGENCY.arge, categories: ['FOERDERPLAN'] }));
  const changed = { partId: first.partId, replaces: first.entry.id };
  const mine = await propose(caritas, planId, { entry: goal('Praktikum'), ...changed });
  await accept(arge, planId, mine.id);
  const gone = { partId: second.partId, replaces: second.entry.id, entry: goal('Abendschule') };
  await accept(caritas, planId, (await propose(arge, planId, gone)).id);

  const shown: string[] = [];
  const ask = async (path: string) => {
    const { status, headers, text } = await caritas.get(path);
    shown.push(`${path} ${status} etag: ${headers.get('etag')} ${text}`);
  };
  const own = `/v1/plans/${planId}`;
  for (const path of [own, `${own}/history`, `${own}/proposals/${open.id}`]) await ask(path);
  for (const path of [`/v1/plans?laufzettelId=${slip}`, `/v1/plans?clientId=${clientId}`, `/v1/laufzettel/${slip}`]) {
    await ask(path);
  }
  const history = expecting(200, await caritas.get(`${own}/history?limit=1`)).body;
  await ask(`${own}/history?limit=1&cursor=${history.nextCursor}`);
  shown.push((await caritas.post(`${own}/proposals`, { entry: goal('x'), partId: slip })).text);
  await accept(caritas, planId, open.id);
  await ask(own);
  const told = await exchange.sql('SELECT type FROM event WHERE agency_id = $1 AND place > $2 ORDER BY place', [
    AGENCY.caritas,
    last,
  ]);
  const normal = normalise(shown.join('\n').replaceAll(/cursor=\S+/g, 'cursor=CURSOR'));
  return { shown: normal, told: told.map(({ type }) => type) };
}

t.test('two plans that differ only in what is withheld read the same', async (t) => {
  const exchange = await startExchange({ PREVIEWS_PER_MINUTE: '1000' });
  t.teardown(() => exchange.close());
  const alone = await seenBy(exchange, async () => {});
  t.match(alone.shown, 'Praktikum', 'it shows what was disclosed');
  t.match(alone.shown, /"closedEntries":\[\]/);
  for (const [name, hide] of Object.entries(NEVER_SENT)) {
    const { shown, told } = await seenBy(exchange, hide);
    t.equal(shown, alone.shown, name);
    t.same(told, alone.told, `${name}: it is told the same`);
  }
  // That something came, it was told when it came; nothing of it is left.
  for (const [name, hide] of Object.entries(GONE_UNREAD))
    t.equal((await seenBy(exchange, hide)).shown, alone.shown, name);
});
