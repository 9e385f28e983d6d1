/** Lives through the visible steps of a pair, in one of its worlds, with what is withheld there in between. */
import { AGENCY, type Partner } from '../../support/exchange.ts';
import { type Secrets, secrets } from './secrets.ts';
import { DAY, HOUR, type Stage } from './stage.ts';
import type { Deeds, Pair, Visible, Who } from './values.ts';

export type Name = keyof typeof AGENCY;

export interface Case {
  /** Each agency's handle on the person, as the visible steps brought them about. */
  handles: Partial<Record<Name, string>>;
  /** What only secret deeds brought about. */
  secretHandles: Partial<Record<Name, string>>;
}
export interface Hop {
  id: string;
  slip: string;
  case: Case;
  origin: Name;
  from: Name;
  to: Name;
  purpose: string;
  categories: string[];
  entries: string[];
  /** Null: in one of the worlds another made the Laufzettel, so its sender does not end it. */
  maker: Name | null;
}

export interface Play {
  stage: Stage;
  /** The agencies by number. */
  names: Name[];
  cases: Case[];
  hops: Hop[];
  deeds: Deeds;
  /** Sendings to the observer that in one world or the other go on another's Laufzettel. */
  onAnothersInEither: ReadonlySet<number>;
  sendings: number;
}

export const PAYLOADS: Record<string, Record<string, unknown>> = {
  STAMMDATEN: { familienname: 'Erfunden', vorname: 'Amira' },
  KONTAKT: { telefon: '+49 30 23125 001' },
  SPRACHE: { erstsprache: 'ar', deutschNiveau: 'A2' },
};

export async function live(stage: Stage, pair: Pair, world: 0 | 1): Promise<void> {
  const all = Object.keys(AGENCY) as Name[];
  const names = [...all.filter((one) => one === pair.observer), ...all.filter((one) => one !== pair.observer)];
  const deeds = pair.worlds[world];
  const onAnothersInEither = new Set(pair.worlds.flatMap((one) => one.onAnothers));
  const play: Play = { stage, names, cases: [], hops: [], deeds, onAnothersInEither, sendings: 0 };
  const secret = secrets(play);
  for (const [index, step] of pair.visible.entries()) {
    await stage.pass(HOUR);
    for (const deed of deeds.hidden.filter(({ at }) => at % (pair.visible.length + 1) === index)) await secret.do(deed);
    await STEPS[step.do](play, step as never, secret);
  }
  await stage.pass(HOUR);
  for (const deed of deeds.hidden.filter(({ at }) => at % (pair.visible.length + 1) === pair.visible.length))
    await secret.do(deed);
  await stage.pass(HOUR);
}

type Step<Do extends Visible['do']> = (
  play: Play,
  step: Extract<Visible, { do: Do }>,
  secret: Secrets,
) => Promise<unknown>;

const at = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];
const nameOf = ({ names }: Play, who: Who): Name => names[who % names.length]!;

/** A yes that is later than everything said before. */
export function freshYes({ now, yes }: Stage, more: Record<string, unknown>): Record<string, unknown> {
  const moment = new Date(now() + 999).toISOString();
  return yes({ statedAt: moment, validFrom: moment, ...more });
}

const versionOf = async ({ exchange }: Stage, hop: string): Promise<number> =>
  (await exchange.sql('SELECT version FROM forwarding WHERE id = $1', [hop]))[0].version;

/** What became of a forwarding: remembered, with the recipient's handle. */
async function arrived(play: Play, hop: Hop): Promise<void> {
  const [row] = await play.stage.exchange.sql('SELECT to_client_id FROM forwarding WHERE id = $1', [hop.id]);
  hop.case.handles[hop.to] ??= row.to_client_id;
  play.hops.push(hop);
}

const STEPS: { [Do in Visible['do']]: Step<Do> } = {
  async open(play, { by }) {
    const name = nameOf(play, by);
    const body = { fileReference: `Akte ${play.cases.length + 1}` };
    const { id } = (await play.stage.visibly.post(name, '/v1/clients', body)).body;
    play.cases.push({ handles: { [name]: id }, secretHandles: {} });
  },

  async send(play, step, secret) {
    const { visibly, observer } = play.stage;
    const [one, from, to] = [at(play.cases, step.case), nameOf(play, step.from), nameOf(play, step.to)];
    const clientId = one?.handles[from];
    if (one === undefined || clientId === undefined || from === to) return;
    const toObserver = to === observer;
    const number = toObserver ? play.sendings++ : -1;
    const categories = ['STAMMDATEN', ...step.categories];
    const entries = categories.map((category) => ({ category, payload: PAYLOADS[category] }));
    const header = { kind: 'FALLMITTEILUNG', purpose: step.purpose, urgency: step.urgency, dueDate: step.due };
    const withheld = toObserver ? await secret.before(number, one, from, to, step.purpose) : null;
    const onAnothers = toObserver && play.deeds.onAnothers.includes(number);
    const slip = onAnothers ? await secret.slipOfAnother(one, from, to, header) : null;
    const written =
      slip === null
        ? await visibly.post(from, '/v1/laufzettel', { clientId, ...header, entries })
        : await visibly.post(from, `/v1/laufzettel/${slip.id}/entries`, { entries });
    const laufzettel = written.body.id;
    const own = written.body.entryIds.slice(-entries.length);
    await visibly.post(from, `/v1/clients/${clientId}/statements`, {
      ...freshYes(play.stage, { recipient: AGENCY[to], purpose: step.purpose, categories }),
    });
    const asked = await withheld?.putOn(laufzettel, own);
    const entryIds = slip === null ? asked : [...own, ...(asked ?? []).filter((id: string) => !own.includes(id))];
    const body = { recipient: AGENCY[to], ...(entryIds === undefined ? {} : { entryIds }) };
    const answer = await visibly.post(from, `/v1/laufzettel/${laufzettel}/forwardings`, body);
    if (answer.status !== 201) return;
    const { id } = answer.body.forwarding;
    const maker = play.onAnothersInEither.has(number) ? null : from;
    const hop = { id, slip: laufzettel, case: one, origin: from, from, to, purpose: step.purpose, categories, maker };
    await arrived(play, { ...hop, entries: own });
    await withheld?.afterwards();
  },

  async read(play, { hop }) {
    const found = at(play.hops, hop);
    if (found) await play.stage.visibly.get(found.to, `/v1/forwardings/${found.id}`);
  },

  async handle(play, { hop, how }) {
    const found = at(play.hops, hop);
    if (found === undefined) return;
    const { visibly } = play.stage;
    const by: Partner = how === 'recall' || how === 'close' ? found.from : found.to;
    const expectedVersion = await versionOf(play.stage, found.id);
    const more: Record<string, unknown> = how === 'reject' ? { code: 'NO_CAPACITY' } : {};
    if (how === 'answer') {
      const clientId = found.case.handles[found.to]!;
      const categories = ['STAMMDATEN', 'RUECKMELDUNG'];
      const said = freshYes(play.stage, { recipient: AGENCY[found.from], purpose: found.purpose, categories });
      await visibly.post(found.to, `/v1/clients/${clientId}/statements`, said);
      const payload = { ergebnis: 'TERMIN_VEREINBART' };
      const entry = await visibly.post(found.to, `/v1/clients/${clientId}/entries`, {
        category: 'RUECKMELDUNG',
        payload,
      });
      if (entry.status === 201) more.entryIds = [entry.body.id];
    }
    await visibly.post(by, `/v1/forwardings/${found.id}/${how}`, { expectedVersion, ...more });
  },

  async pass(play, { hop, to }) {
    const found = at(play.hops, hop);
    const third = nameOf(play, to);
    if (found === undefined || third === found.to || third === found.origin) return;
    const { visibly } = play.stage;
    const categories = found.categories;
    const clientId = found.case.handles[found.origin]!;
    const said = freshYes(play.stage, { recipient: AGENCY[third], purpose: found.purpose, categories });
    await visibly.post(found.origin, `/v1/clients/${clientId}/statements`, said);
    const body = { recipient: AGENCY[third], entryIds: found.entries };
    const answer = await visibly.post(found.to, `/v1/laufzettel/${found.slip}/forwardings`, body);
    if (answer.status !== 201) return;
    await arrived(play, { ...found, id: answer.body.forwarding.id, from: found.to, to: third });
  },

  async say(play, { case: which, by, no }) {
    const one = at(play.cases, which);
    const name = nameOf(play, by);
    const clientId = one?.handles[name];
    if (clientId === undefined) return;
    const scope =
      no === 'everything'
        ? {}
        : { discloser: AGENCY[name], ...(no === 'own-language' ? { categories: ['SPRACHE'] } : {}) };
    await play.stage.visibly.post(name, `/v1/clients/${clientId}/statements`, play.stage.no(scope));
  },

  async correct(play, { hop, entry }) {
    const found = at(play.hops, hop);
    if (found === undefined) return;
    const index = entry % found.entries.length;
    const body = { payload: { ...PAYLOADS[found.categories[index]!], ...(index === 0 ? { vorname: 'Amina' } : {}) } };
    const answer = await play.stage.visibly.post(found.origin, `/v1/entries/${found.entries[index]}/corrections`, body);
    const id = answer.body?.entry?.id ?? answer.body?.id;
    if (answer.status === 201 && id) found.entries[index] = id;
  },

  async end(play, { hop, how }) {
    const found = at(play.hops, hop);
    if (found?.maker == null) return;
    await play.stage.visibly.post(found.maker, `/v1/laufzettel/${found.slip}/${how}`, { expectedVersion: 1 });
  },

  async wait({ stage }, { days }) {
    await stage.pass(days * DAY);
  },

  async ask(play, { case: which, from, to }) {
    const one = at(play.cases, which);
    const [asker, asked] = [nameOf(play, from), nameOf(play, to)];
    const clientId = one?.handles[asker];
    if (clientId === undefined || asker === asked) return;
    const said = freshYes(play.stage, { recipient: AGENCY[asked], categories: ['STAMMDATEN'] });
    await play.stage.visibly.post(asker, `/v1/clients/${clientId}/statements`, said);
    const body = { clientId, agencyId: AGENCY[asked], kind: 'FALLMITTEILUNG', purpose: 'BERATUNG' };
    await play.stage.visibly.post(asker, '/v1/requests', body);
  },

  async propose(play, { case: which, by, giver, to }) {
    const one = at(play.cases, which);
    const [proposer, discloser, recipient] = [nameOf(play, by), nameOf(play, giver), nameOf(play, to)];
    const clientId = one?.handles[proposer];
    if (clientId === undefined || proposer === discloser || discloser === recipient) return;
    const scope = { recipient: AGENCY[recipient], purpose: 'SCHULE', categories: ['SCHULE'] };
    const { decision: _given, confirm: _asked, ...yes } = play.stage.yes(scope);
    const body = { type: 'STATEMENT', discloser: AGENCY[discloser], ...yes };
    await play.stage.visibly.post(proposer, `/v1/clients/${clientId}/proposals`, body);
  },

  async link(play, { case: which, from, to }) {
    const one = at(play.cases, which);
    const [issuer, redeemer] = [nameOf(play, from), nameOf(play, to)];
    const clientId = one?.handles[issuer];
    if (one === undefined || clientId === undefined || issuer === redeemer) return;
    const { visibly } = play.stage;
    const issued = await visibly.post(issuer, `/v1/clients/${clientId}/link-codes`, { agencyId: AGENCY[redeemer] });
    if (issued.status !== 201) return;
    const answer = await visibly.post(redeemer, '/v1/clients/link', { code: issued.body.code, clientId: null });
    if (answer.status === 200 || answer.status === 201) one.handles[redeemer] ??= answer.body.client.id;
  },
};
