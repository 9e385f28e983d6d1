/**
 * What others than the observer do, so that it is told to none but others. Whatever they say has a scope of its own (the purpose
 * SCHULE, or categories that nothing visible has), so that by the contract no visible thing hangs on it.
 */
import { AGENCY, type Partner } from '../../support/exchange.ts';
import { signedBody } from '../../support/signing.ts';
import type { Case, Name, Play } from './player.ts';
import { DAY } from './stage.ts';
import type { Hidden, Withheld } from './values.ts';

/** Free text of that many characters: contents and lengths differ between the worlds. */
const text = (size: number): string => `Erfunden ${'x'.repeat(size % 100)}`;
const ENTRIES: ((size: number) => Record<string, unknown>)[] = [
  (size) => ({ category: 'BERATUNGSNOTIZ', payload: { thema: 'SCHULDEN', text: text(size) } }),
  () => ({ category: 'GESUNDHEIT', payload: { rehaBedarf: 'BEANTRAGT' } }),
  () => ({ category: 'SCHULE', payload: { schulform: 'SONSTIGE' } }),
  (size) => ({ category: 'STAMMDATEN', payload: { familienname: text(size), vorname: 'Jale' } }),
  (size) => ({ category: 'KONTAKT', payload: { telefon: `+49 30 23125 ${100 + (size % 900)}` } }),
  () => ({ category: 'SPRACHE', payload: { erstsprache: 'fa' } }),
  (size) => ({ category: 'RUECKMELDUNG', payload: { ergebnis: 'ERLEDIGT', text: text(size) } }),
];
const entry = (category: number, size: number): Record<string, unknown> => ENTRIES[category % ENTRIES.length]!(size);

/** What an agency does whether or not it knows the person. */
const ANYBODY: ReadonlySet<Hidden['do']> = new Set([
  'foreign-case',
  'agreement',
  'proposals',
  'requests',
  'erase',
  'end',
]);

interface Withholding {
  /** Puts it on the Laufzettel; gives what is to be sent when not everything on it is. */
  putOn(laufzettel: string, own: string[]): Promise<string[] | undefined>;
  /** When it has been sent. */
  afterwards(): Promise<void>;
}

export interface Secrets {
  do(deed: Hidden): Promise<void>;
  /** Whatever is kept back of a sending to the observer; null: nothing. */
  before(number: number, one: Case, from: Name, to: Name, purpose: string): Promise<Withholding | null>;
  /** A Laufzettel that a third agency made and sent to that one, which has read it. Null: there is no such agency. */
  slipOfAnother(one: Case, from: Name, to: Name, header: Record<string, unknown>): Promise<{ id: string } | null>;
}

export function secrets(play: Play): Secrets {
  const { stage } = play;
  const { secretly, hidden, exchange } = stage;
  const foreign: { by: Name; clientId: string }[] = [];
  const notes: { by: Name; id: string }[] = [];
  const slips: { by: Name; id: string }[] = [];
  const sent: {
    id: string;
    one: Case;
    origin: Name;
    originHandle: string;
    to: Name;
    slip: string;
    entries: string[];
  }[] = [];
  const others = play.names.filter((one) => one !== stage.observer);
  const nameOf = (who: number): Name => others[who % others.length]!;
  const caseOf = (which: number): Case | undefined => play.cases[which % Math.max(1, play.cases.length)];
  const handleOf = (one: Case, name: Name): string | undefined => one.handles[name] ?? one.secretHandles[name];

  /** Demands what is needed for the deed to be one. */
  async function done(by: Partner, path: string, body: unknown) {
    const answer = await secretly.post(by, path, body);
    if (answer.status > 201) throw new Error(`a secret deed was refused: ${path} ${answer.status} ${answer.text}`);
    return answer.body;
  }
  const says = (by: Name, clientId: string, body: Record<string, unknown>) =>
    done(by, `/v1/clients/${clientId}/statements`, body);

  /** A Laufzettel between two others, for a purpose that nothing visible has. */
  async function aside(one: Case, from: Name, to: Name, { category, size }: Hidden): Promise<void> {
    const clientId = handleOf(one, from);
    if (clientId === undefined || from === to) return;
    const entries = [entry(3, size), entry(category, size)];
    const header = { clientId, kind: 'FALLMITTEILUNG', purpose: 'SCHULE' };
    const slip = await done(from, '/v1/laufzettel', { ...header, entries });
    const categories = [...new Set(entries.map((each) => each.category))];
    await says(from, clientId, stage.yes({ recipient: AGENCY[to], purpose: 'SCHULE', categories }));
    slips.push({ by: from, id: slip.id });
    hidden.laufzettel.push(slip.id);
    hidden.entry.push(...slip.entryIds);
    const went = await secretly.post(from, `/v1/laufzettel/${slip.id}/forwardings`, { recipient: AGENCY[to] });
    if (went.status === 201) await wentTo(went.body.forwarding.id, one, from, clientId, to, slip);
  }

  async function wentTo(
    id: string,
    one: Case,
    origin: Name,
    originHandle: string,
    to: Name,
    slip: { id: string; entryIds: string[] },
  ): Promise<void> {
    hidden.forwarding.push(id);
    const [row] = await exchange.sql('SELECT to_client_id FROM forwarding WHERE id = $1', [id]);
    if (handleOf(one, to) === undefined) one.secretHandles[to] = row.to_client_id;
    const rows = await exchange.sql('SELECT id FROM disclosure WHERE forwarding_id = $1 ORDER BY id', [id]);
    hidden.disclosure.push(...rows.map((each) => each.id));
    await secretly.get(to, `/v1/forwardings/${id}`);
    sent.push({ id, one, origin, originHandle, to, slip: slip.id, entries: slip.entryIds });
  }

  /** Gives an agency a handle of its own on the person, by a code; null: it cannot have one. */
  async function linked(one: Case, to: Name): Promise<string | null> {
    const present = handleOf(one, to);
    if (present !== undefined) return present;
    const issuer = others.find((name) => handleOf(one, name) !== undefined);
    if (issuer === undefined) return null;
    const { code } = await done(issuer, `/v1/clients/${handleOf(one, issuer)}/link-codes`, { agencyId: AGENCY[to] });
    const answer = await done(to, '/v1/clients/link', { code, clientId: null });
    hidden.link.push(answer.linkId);
    one.secretHandles[to] = answer.client.id;
    return answer.client.id;
  }

  const DEEDS: Record<Hidden['do'], (deed: Hidden, from: Name, to: Name, one: Case | undefined) => Promise<unknown>> = {
    async 'foreign-case'({ category, size }, from) {
      const { id } = await done(from, '/v1/clients', { fileReference: `Akte H ${foreign.length + 1}` });
      foreign.push({ by: from, clientId: id });
      hidden.client.push(id);
      hidden.entry.push((await done(from, `/v1/clients/${id}/entries`, entry(category, size))).id);
    },
    async note({ category, size }, from, _to, one) {
      const clientId = one && handleOf(one, from);
      if (clientId === undefined) return;
      const { id } = await done(from, `/v1/clients/${clientId}/entries`, entry(category, size));
      notes.push({ by: from, id });
      hidden.entry.push(id);
    },
    async aside(deed, from, to, one) {
      if (one) await aside(one, from, to, deed);
    },
    async 'aside-onward'(_deed, _from, to) {
      const last = sent.at(-1);
      if (last === undefined || to === last.to || to === last.origin) return;
      const scope = { recipient: AGENCY[to], purpose: 'SCHULE', categories: ['STAMMDATEN'] };
      await says(last.origin, last.originHandle, stage.yes(scope));
      const went = await secretly.post(last.to, `/v1/laufzettel/${last.slip}/forwardings`, { recipient: AGENCY[to] });
      const slip = { id: last.slip, entryIds: last.entries };
      if (went.status === 201)
        await wentTo(went.body.forwarding.id, last.one, last.origin, last.originHandle, to, slip);
    },
    async no({ category }, from, to, one) {
      const clientId = one && handleOf(one, from);
      if (clientId === undefined) return;
      // Also about the observer, as the recipient: only the discloser hears of it.
      const recipient = category % 3 === 0 ? play.names[0]! : to;
      const scope = { discloser: AGENCY[from], recipient: AGENCY[recipient], purpose: 'SCHULE' };
      await says(from, clientId, stage.no(recipient === from ? { discloser: AGENCY[from], purpose: 'SCHULE' } : scope));
    },
    async yes({ category }, from, to, one) {
      const clientId = one && handleOf(one, from);
      const recipient = category % 3 === 0 ? play.names[0]! : to;
      if (clientId === undefined || recipient === from) return;
      const scope = {
        recipient: AGENCY[recipient],
        purpose: 'SCHULE',
        categories: ['GESUNDHEIT', 'SCHULE', 'KONTAKT'],
      };
      await says(from, clientId, stage.yes(scope));
    },
    async agreement(_deed, from, to) {
      // The admin sees every agreement.
      if (from === to || stage.observer === 'admin') return;
      const parties = [AGENCY[from], AGENCY[to]];
      const about = { title: 'Zu zweit', parties, purposes: ['SCHULE'], categories: ['SCHULE'], from: '2026-01-01' };
      const { id } = await done(from, '/v1/agreements', about);
      await done(from, `/v1/agreements/${id}/sign`, await signedBody(await exchange.as(from), id));
      hidden.agreement.push(id);
    },
    async correct({ size }) {
      const note = notes.at(-1);
      if (note === undefined) return;
      const [row] = await exchange.sql('SELECT category FROM entry WHERE id = $1', [note.id]);
      const body = ENTRIES.map((one) => one(size + 1)).find((one) => one.category === row.category)!;
      const answer = await secretly.post(note.by, `/v1/entries/${note.id}/corrections`, { payload: body.payload });
      const id = answer.body?.entry?.id ?? answer.body?.id;
      if (answer.status === 201 && id) {
        note.id = id;
        hidden.entry.push(id);
      }
    },
    async link(_deed, _from, to, one) {
      if (one) await linked(one, to);
    },
    async erase() {
      const last = foreign.pop();
      if (last) await done(last.by, `/v1/clients/${last.clientId}/erase`, { confirm: true });
    },
    async refused({ size }, from, to, one) {
      const clientId = one && handleOf(one, from);
      if (clientId === undefined) return;
      const header = { clientId, kind: 'FALLMITTEILUNG', purpose: 'TERMIN' };
      const slip = await done(from, '/v1/laufzettel', { ...header, entries: [entry(3, size)] });
      hidden.laufzettel.push(slip.id);
      hidden.entry.push(...slip.entryIds);
      const recipient = stage.observer === 'admin' ? to : play.names[0]!;
      if (recipient === from) return;
      for (const way of ['preview', 'forwardings'])
        await secretly.post(from, `/v1/laufzettel/${slip.id}/${way}`, { recipient: AGENCY[recipient] });
    },
    async proposals({ category }, _from, _to, one) {
      // Everybody decides, also who came to know the person in secret.
      for (const giver of others) {
        if (one) await linked(one, giver);
        const { items } = (await secretly.get(giver, '/v1/proposals?direction=RECEIVED')).body;
        for (const { id, status, recipient, proposedBy } of items) {
          if (status !== 'PROPOSED') continue;
          // A yes to who proposed it is told to it; whatever else becomes of a proposal is not.
          const confirms = recipient !== proposedBy && recipient !== AGENCY[play.names[0]!] && category % 2 === 0;
          const body = confirms ? { confirm: true } : undefined;
          await secretly.post(giver, `/v1/proposals/${id}/${confirms ? 'confirm' : 'decline'}`, body);
        }
      }
    },
    async requests(_deed, from) {
      await secretly.get(from, '/v1/requests?direction=RECEIVED');
      await secretly.get(from, '/v1/waiting');
    },
    async end({ category }) {
      const slip = slips.pop();
      if (slip === undefined) return;
      const how = category % 2 === 0 ? 'cancel' : 'complete';
      await secretly.post(slip.by, `/v1/laufzettel/${slip.id}/${how}`, { expectedVersion: 1 });
    },
  };

  return {
    async do(deed) {
      const before = stage.effects.get('secret');
      const one = caseOf(deed.case);
      // Who has a handle on the person, if anybody, so that most deeds come about.
      const holders = one ? others.filter((name) => handleOf(one, name) !== undefined) : [];
      const from =
        ANYBODY.has(deed.do) || holders.length === 0 ? nameOf(deed.from) : holders[deed.from % holders.length]!;
      await DEEDS[deed.do](deed, from, nameOf(deed.to), one);
      if (stage.effects.get('secret') !== before) stage.count(`secret ${deed.do}`);
    },

    async slipOfAnother(one, from, to, header) {
      const maker = others.find((name) => name !== from && name !== to);
      const clientId = maker === undefined ? null : await linked(one, maker);
      if (maker === undefined || clientId === null) return null;
      const slip = await done(maker, '/v1/laufzettel', { clientId, ...header, entries: [entry(3, 7)] });
      const scope = { recipient: AGENCY[from], purpose: header.purpose, categories: ['STAMMDATEN'] };
      await says(maker, clientId, stage.yes(scope));
      const went = await done(maker, `/v1/laufzettel/${slip.id}/forwardings`, { recipient: AGENCY[from] });
      slips.push({ by: maker, id: slip.id });
      stage.count('withheld: who made it');
      hidden.entry.push(...slip.entryIds);
      hidden.forwarding.push(went.forwarding.id);
      await secretly.get(from, `/v1/forwardings/${went.forwarding.id}`);
      await secretly.post(from, `/v1/forwardings/${went.forwarding.id}/reject`, {
        expectedVersion: 2,
        code: 'DUPLICATE',
      });
      return { id: slip.id };
    },

    async before(number, one, from, to, purpose) {
      const ways = play.deeds.withheld.filter(({ send }) => send === number);
      if (ways.length === 0) return null;
      const clientId = handleOf(one, from)!;
      const kept: { id: string; way: Withheld['way'] }[] = [];
      const write = async ({ way, size }: Withheld): Promise<void> => {
        const body = await bodyOf(way, size, from, to, clientId, purpose);
        if (body === null) return;
        const { id } = await done(from, `/v1/clients/${clientId}/entries`, body);
        kept.push({ id, way });
        stage.count(`withheld by ${way}`);
        hidden.entry.unshift(id);
      };
      for (const one of ways.filter(({ early }) => early)) await write(one);
      return {
        async putOn(laufzettel, own) {
          for (const one of ways.filter(({ early }) => !early)) await write(one);
          if (kept.length === 0) return undefined;
          await done(from, `/v1/laufzettel/${laufzettel}/entries`, { entryIds: kept.map(({ id }) => id) });
          const unsent = kept.filter(({ way }) => way === 'not-sent');
          return unsent.length === 0
            ? undefined
            : [...own, ...kept.filter((each) => !unsent.includes(each)).map(({ id }) => id)];
        },
        async afterwards() {
          await demandKept(
            kept.filter(({ way }) => way !== 'no-before-read' && way !== 'ended-before-read').map(({ id }) => id),
            to,
          );
          if (!kept.some(({ way }) => way === 'no-before-read')) return;
          const scope = { discloser: AGENCY[from], recipient: AGENCY[to], categories: ['QUALIFIKATION'] };
          await says(from, clientId, stage.no(scope));
        },
      };
    },
  };

  /** The pair would differ in more than what is withheld. */
  async function demandKept(entries: readonly string[], to: Name): Promise<void> {
    const rows = await exchange.sql('SELECT entry_id FROM disclosure WHERE entry_id = ANY ($1) AND to_id = $2', [
      entries,
      AGENCY[to],
    ]);
    if (rows.length > 0) throw new Error('an entry went to the observer that was to be kept from it');
  }

  /** An entry that is kept from the recipient in that way, and what is said so that it is; null: it would not be kept. */
  async function bodyOf(
    way: Withheld['way'],
    size: number,
    from: Name,
    to: Name,
    clientId: string,
    purpose: string,
  ): Promise<Record<string, unknown> | null> {
    const said = (categories: string[], more: Record<string, unknown> = {}) =>
      says(from, clientId, stage.yes({ recipient: AGENCY[to], purpose, categories, ...more }));
    const third = others.find((name) => name !== from && name !== to);
    const work = { category: 'WERDEGANG', payload: { taetigkeit: text(size) } };
    switch (way) {
      case 'no-consent':
        return work;
      case 'refused':
        await says(
          from,
          clientId,
          stage.no({ discloser: AGENCY[from], recipient: AGENCY[to], categories: ['WERDEGANG'] }),
        );
        return work;
      case 'other-recipient':
        if (third) await said(['WERDEGANG'], { recipient: AGENCY[third] });
        return work;
      case 'other-purpose':
        await said(['MASSNAHME'], { purpose: 'SCHULE' });
        return { category: 'MASSNAHME', payload: { art: 'SONSTIGE', traeger: text(size) } };
      case 'oral':
        await said(['GESUNDHEIT'], { form: 'ORAL', explicitSpecialCategories: false });
        return entry(1, size);
      case 'secret':
        await said(['BERATUNGSNOTIZ']);
        return entry(0, size);
      case 'guarded':
        if (to !== 'arge') return null;
        await said(['AUFENTHALT']);
        return { category: 'AUFENTHALT', payload: { aufenthaltstitel: 'OHNE' } };
      case 'third-person': {
        const { id } = await done(from, '/v1/clients', {});
        return { ...entry(4, size), concerns: [clientId, id] };
      }
      case 'not-sent':
        return entry(4, size);
      case 'no-before-read':
        await said(['QUALIFIKATION']);
        return { category: 'QUALIFIKATION', payload: { schulabschluss: 'KEINER' } };
      case 'ended-before-read':
        await said(['LEISTUNG'], { validUntil: new Date(stage.now() + DAY / 48).toISOString() });
        return { category: 'LEISTUNG', payload: { leistungsart: 'SGB_II_EINGLIEDERUNG', bescheidOffen: true } };
    }
  }
}
