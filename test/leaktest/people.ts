/** Moves about clients and entries: open a file, write, correct, link, part, erase. */
import { createHash } from 'node:crypto';
import type { Random } from '../support/random.ts';
import type { Entry, Handle } from './decide.ts';
import { Finding, type Lane } from './lane.ts';
import { door, type Kind, keysOf, type Move, recent } from './moves.ts';

/** Often what a Laufzettel needs, seldom the rest. */
const CATEGORIES: [number, string][] = [
  [10, 'STAMMDATEN'],
  [5, 'KONTAKT'],
  [2, 'SPRACHE'],
  [3, 'AUFENTHALT'],
  [2, 'FAMILIE'],
  [1, 'LEISTUNG'],
  [1, 'QUALIFIKATION'],
  [1, 'WERDEGANG'],
  [1, 'BERUFSWEGEPLANUNG'],
  [2, 'FOERDERPLAN'],
  [2, 'SPRACHKURS'],
  [1, 'MASSNAHME'],
  [2, 'TERMIN'],
  [1, 'SCHULE'],
  [2, 'GESUNDHEIT'],
  [1, 'LEBENSLAGE'],
  [4, 'BERATUNGSNOTIZ'],
  [4, 'DOKUMENT'],
  [1, 'RUECKMELDUNG'],
];
export const ALL_CATEGORIES = CATEGORIES.map(([, name]) => name);

const TITLES = ['AUFENTHALTSERLAUBNIS', 'OHNE', 'DULDUNG'];

/** A valid payload with the marker in a field of text; of a category that has codes alone, without it. */
function payloadOf(category: string, marker: string, title: string, at: number): { payload: object; marked: boolean } {
  const marked = (payload: object) => ({ payload, marked: true });
  const codes = (payload: object) => ({ payload, marked: false });
  switch (category) {
    case 'STAMMDATEN':
      return marked({ familienname: marker });
    case 'KONTAKT':
      return marked({ anschrift: { ort: marker } });
    case 'AUFENTHALT': {
      const until = new Date(at + 20 * 86_400_000).toISOString().slice(0, 10);
      return marked({
        aufenthaltstitel: title,
        rechtsgrundlage: marker,
        ...(title === 'DULDUNG' ? { gueltigBis: until } : {}),
      });
    }
    case 'QUALIFIKATION':
      return marked({ berufsabschluss: marker });
    case 'WERDEGANG':
      return marked({ taetigkeit: marker });
    case 'BERUFSWEGEPLANUNG':
      return marked({ schritte: [{ was: marker }] });
    case 'FOERDERPLAN':
      return marked({ ziele: [marker] });
    case 'SPRACHKURS':
      return marked({ kursart: 'INTEGRATIONSKURS', traeger: marker });
    case 'MASSNAHME':
      return marked({ art: 'AKTIVIERUNG', traeger: marker });
    case 'TERMIN':
      return marked({ beginn: new Date(at).toISOString(), ort: marker });
    case 'SCHULE':
      return marked({ stichwort: marker });
    case 'BERATUNGSNOTIZ':
      return marked({ text: `Notiz ${marker}: erfunden` });
    case 'RUECKMELDUNG':
      return marked({ ergebnis: 'ERLEDIGT', text: marker });
    case 'DOKUMENT': {
      const content = Buffer.from(`erfunden ${marker}`);
      const sha256 = createHash('sha256').update(content).digest('hex');
      return marked({
        typ: 'SCHREIBEN',
        dateiname: `${marker}.pdf`,
        sha256,
        groesse: content.length,
        inhalt: content.toString('base64'),
      });
    }
    case 'SPRACHE':
      return codes({ erstsprache: 'ar', deutschNiveau: 'A2' });
    case 'FAMILIE':
      return codes({ rolle: 'KIND' });
    case 'LEISTUNG':
      return codes({ leistungsart: 'WOHNGELD' });
    case 'GESUNDHEIT':
      return codes({ rehaBedarf: 'BEANTRAGT' });
    default:
      return codes({ schulden: 'VORHANDEN' });
  }
}

/** An entry that the author may say of: of which category, about whom, how marked. */
export function chooseEntry(lane: Lane, random: Random, client: string): Record<string, unknown> {
  const { agency, person } = lane.handleNamed(client)!;
  const hasName = [...lane.entries.values()].some(
    ({ entry }) => entry.category === 'STAMMDATEN' && entry.concerns[0] === lane.handleNamed(client),
  );
  const category = !hasName && random.chance(0.7) ? 'STAMMDATEN' : random.weighted(CATEGORIES);
  const others = keysOf(
    lane.handles,
    ({ handle }) => handle.agency === agency && handle.person !== person && !handle.erased,
  );
  const concerns = others.length > 0 && random.chance(category === 'FAMILIE' ? 0.9 : 0.12) ? [random.pick(others)] : [];
  const filedUnder =
    category === 'DOKUMENT'
      ? [...new Set([random.weighted(CATEGORIES.slice(0, -2)), 'KONTAKT'])].slice(0, 1 + random.below(2))
      : null;
  const secrecy = random.chance(0.1) ? true : null;
  return { category, concerns, filedUnder, secrecy, title: random.pick(TITLES) };
}

export interface Written {
  body: Record<string, unknown>;
  entry: Entry;
  marker: string | null;
}

/** The body of the request, and the entry as the oracle has to know it, marks by the catalogue's rules. */
export function written(
  lane: Lane,
  by: number,
  client: Handle,
  move: Record<string, unknown>,
  name: string,
): Written | null {
  const { category, title } = move as { category: string; title: string };
  const filedUnder = move.filedUnder as string[] | null;
  const others = (move.concerns as string[]).map((one) => lane.handles.get(one)).filter((one) => one !== undefined);
  const own = [...lane.handles.values()].find((one) => one.handle === client)!;
  const usually = [category, ...(filedUnder ?? [])].some((one) =>
    ['BERATUNGSNOTIZ', 'FOERDERPLAN', 'LEBENSLAGE'].includes(one),
  );
  // Who writes a Förderplan may say that it is no secret.
  const isOpen = move.secrecy === false && category === 'FOERDERPLAN';
  const secret = usually && !isOpen;
  const guardedDocument = filedUnder?.includes('AUFENTHALT') === true;
  const entry: Entry = {
    name,
    category,
    origin: lane.partner(by).number,
    concerns: [client, ...others.map((one) => one.handle)],
    secrecy: move.secrecy === true || secret,
    guardFrom: guardedDocument || (category === 'AUFENTHALT' && title === 'OHNE') ? lane.now : null,
    filedUnder,
    replaced: false,
  };
  const marker = lane.newContent(by, entry);
  const { payload, marked } = payloadOf(category, marker, title, lane.now);
  const body = {
    category,
    payload,
    ...(others.length > 0 ? { concerns: [own.id, ...others.map((one) => one.id)] } : {}),
    ...(filedUnder === null ? {} : { filedUnder }),
    ...(move.secrecy === true ? { secrecy: true } : {}),
    ...(isOpen ? { secrecy: false } : {}),
    ...(guardedDocument ? { guardFrom: new Date(lane.now).toISOString() } : {}),
  };
  return { body, entry, marker: marked ? marker : null };
}

/** What the service made of it has the marks that it has to have; a Duldung guards from a day, which is as it says. */
export function settleMarks(entry: Entry, shown: { secrecy: boolean; guardFrom: string | null }, title: string): void {
  const guard = shown.guardFrom === null ? null : Date.parse(shown.guardFrom);
  if (entry.category === 'AUFENTHALT' && title === 'DULDUNG') {
    if (guard === null) throw new Finding('mismatch', `entry ${entry.name}: a Duldung without a guard`);
    entry.guardFrom = guard;
  }
  if (shown.secrecy !== entry.secrecy || guard !== entry.guardFrom) {
    throw new Finding('mismatch', `entry ${entry.name} is marked ${JSON.stringify(shown)}`);
  }
}

const livingClients = (lane: Lane): string[] => keysOf(lane.handles, ({ handle }) => !handle.erased);
const byOf = (lane: Lane, client: string): number => lane.indexOf(lane.handleNamed(client)!.agency);

export const people: Record<string, Kind> = {
  createClient: {
    weight: 3,
    choose: (lane, random) =>
      lane.handles.size >= 14
        ? null
        : { by: random.below(lane.setting.network.partners.length), reference: random.chance(0.7) },
    async perform(lane, move) {
      const reference = move.reference ? lane.setting.newMarker('f', lane.partner(move.by).number) : null;
      const { status, value } = await lane.call(move.by, 'createClient', { body: { fileReference: reference } });
      if (status !== 201) return;
      const handle = { agency: lane.partner(move.by).number, person: lane.oracle.newPerson(), erased: false };
      lane.handles.set(`c${move.n}`, { id: value.id, handle });
    },
    tell: (move, name) => `${name(move.by)} opens a file for client c${move.n}`,
  },

  addEntry: {
    weight: 10,
    choose(lane, random) {
      const clients = livingClients(lane);
      if (clients.length === 0 || lane.entries.size > 40) return null;
      const client = recent(random, clients);
      return { client, door: door(random), key: random.chance(0.15), ...chooseEntry(lane, random, client) };
    },
    async perform(lane, move) {
      const client = lane.handles.get(move.client);
      if (client === undefined) return;
      const by = lane.indexOf(client.handle.agency);
      const made = written(lane, by, client.handle, move, `e${move.n}`);
      if (made === null) return;
      const input = { params: { clientId: client.id }, body: made.body, door: move.door, ...keyOf(lane, move) };
      const { status, value } = await lane.call(by, 'addEntry', input);
      if (status !== 201) return;
      settleMarks(made.entry, value, move.title);
      lane.entries.set(`e${move.n}`, { id: value.id, entry: made.entry, marker: made.marker, by });
      if (move.key) lane.keyed.set(`k${move.n}`, { by, operation: 'addEntry', input, at: lane.now });
    },
    tell: (move) =>
      `the agency of ${move.client} writes e${move.n}: ${move.category}${move.filedUnder ? ` filed under ${move.filedUnder}` : ''}` +
      `${move.concerns.length > 0 ? `, about ${move.concerns} too` : ''}${move.secrecy ? ', secret' : ''}` +
      `${move.category === 'AUFENTHALT' ? ` (${move.title})` : ''}`,
  },

  correct: {
    weight: 4,
    choose(lane, random) {
      const open = keysOf(
        lane.entries,
        ({ entry }) => !entry.replaced && entry.guardFrom === null && entry.category !== 'AUFENTHALT',
      );
      return open.length === 0
        ? null
        : { entry: recent(random, open), secrecy: random.chance(0.2) ? true : null, door: door(random) };
    },
    async perform(lane, move) {
      const old = lane.entries.get(move.entry);
      if (old === undefined) return;
      const { entry: before } = old;
      const { category, filedUnder } = before;
      const entry: Entry = {
        ...before,
        name: `e${move.n}`,
        secrecy: before.secrecy || move.secrecy === true,
        replaced: false,
      };
      const marker = lane.newContent(old.by, entry);
      const { payload, marked } = payloadOf(category, marker, 'AUFENTHALTSERLAUBNIS', lane.now);
      const body = {
        payload,
        ...(move.secrecy ? { secrecy: true } : {}),
        ...(filedUnder === null ? {} : { filedUnder }),
      };
      const { status, value } = await lane.call(old.by, 'correctEntry', {
        params: { entryId: old.id },
        body,
        door: move.door,
      });
      if (status !== 201) return;
      settleMarks(entry, value, '');
      lane.entries.set(entry.name, { id: value.id, entry, marker: marked ? marker : null, by: old.by });
      lane.oracle.correct(before, entry);
    },
    tell: (move) => `its author corrects ${move.entry}: e${move.n}${move.secrecy ? ', secret now' : ''}`,
  },

  link: {
    weight: 2,
    choose(lane, random) {
      const clients = livingClients(lane);
      if (clients.length < 2) return null;
      const client = random.pick(clients);
      const other = random.pick(clients);
      if (byOf(lane, client) === byOf(lane, other)) return null;
      return { client, other };
    },
    async perform(lane, move) {
      const issuer = lane.handles.get(move.client);
      const redeemer = lane.handles.get(move.other);
      if (issuer === undefined || redeemer === undefined || !lane.exact) return;
      const [by, to] = [lane.indexOf(issuer.handle.agency), lane.indexOf(redeemer.handle.agency)];
      const issued = await lane.call(by, 'issueLinkCode', {
        params: { clientId: issuer.id },
        body: { agencyId: lane.partner(to).id },
      });
      if (issued.status !== 201) return;
      const { status, value } = await lane.call(to, 'redeemLinkCode', {
        body: { code: issued.value.code, clientId: redeemer.id },
      });
      // 429: codes may be tried ten times a minute.
      if (status !== 200 && status !== 201) return;
      lane.oracle.unite(issuer.handle, redeemer.handle, lane.allHandles());
      lane.links.set(`l${move.n}`, { id: value.linkId, client: move.other, by: to });
    },
    tell: (move) => `a code unites ${move.client} and ${move.other}`,
  },

  unlink: {
    weight: 0.3,
    choose(lane, random) {
      const links = keysOf(lane.links);
      return links.length === 0 ? null : { link: random.pick(links) };
    },
    async perform(lane, move) {
      const link = lane.links.get(move.link);
      const client = link === undefined ? undefined : lane.handles.get(link.client);
      if (link === undefined || client === undefined) return;
      const params = { clientId: client.id, linkId: link.id };
      const { status } = await lane.call(link.by, 'unlinkClient', { params, body: { confirm: true } });
      // Nothing reopens by it, and some of what is open closes: what was open before is all that may be open now.
      if (status === 200) lane.exact = false;
    },
    tell: (move) => `the link ${move.link} is ended`,
  },

  erase: {
    weight: 0.5,
    choose(lane, random) {
      const clients = livingClients(lane);
      return clients.length < 3 ? null : { client: random.pick(clients) };
    },
    async perform(lane, move) {
      const client = lane.handles.get(move.client);
      if (client === undefined) return;
      const by = lane.indexOf(client.handle.agency);
      const params = { clientId: client.id };
      const { status } = await lane.call(by, 'eraseClient', { params, body: { confirm: true } });
      if (status !== 200) return;
      client.handle.erased = true;
      lane.oracle.closeAll((row) => row.entry.concerns[0] === client.handle);
    },
    tell: (move) => `the agency of ${move.client} erases it`,
  },
};

/** A key by which the same request may be sent again later. */
export const keyOf = (lane: Lane, move: Move): { headers?: Record<string, string> } =>
  move.key
    ? {
        headers: {
          'idempotency-key': `k-${lane.setting.offset}-${move.n}-${lane.setting.network.partners[0]!.number}`,
        },
      }
    : {};
