/** Moves about what a person says: yes and no, releases, sheets, what another agency proposes. */

import type { Random } from '../support/random.ts';
import type { Handle, No, Word, Yes } from './decide.ts';
import { type Lane, numberOf } from './lane.ts';
import { door, type Kind, keysOf, type Move, recent } from './moves.ts';
import { ALL_CATEGORIES, keyOf } from './people.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const TEXT_HASH = '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae';
export const PURPOSES = ['BERATUNG', 'FALLBESPRECHUNG', 'SPRACHFOERDERUNG', 'TERMIN'];

/** Who speaks, how old the person is; mostly an adult for itself. */
const SPEAKERS: [number, [statedBy: string, ageBand: string]][] = [
  [14, ['PERSON', 'ADULT']],
  [2, ['LEGAL_REPRESENTATIVE', 'ADULT']],
  [1, ['GUARDIAN', 'ADULT']],
  [2, ['PERSON', 'FROM_15_TO_17']],
  [3, ['GUARDIAN', 'FROM_15_TO_17']],
  [1, ['LEGAL_REPRESENTATIVE', 'FROM_15_TO_17']],
  [1, ['GUARDIAN', 'UNDER_15']],
  [1, ['PERSON', 'UNDER_15']],
];

function chooseYes(random: Random, categories: readonly string[]): Record<string, unknown> {
  const [statedBy, ageBand] = random.weighted(SPEAKERS);
  return {
    // Before now; at this very instant; long ago, so that a no which has come meanwhile beats it.
    statedAgo: random.weighted([
      [8, 0],
      [4, 1],
      [3, random.below(600_000)],
      [2, random.below(60 * DAY)],
    ]),
    beginsIn: random.weighted([
      [12, 0],
      [1, 1 + random.below(5_000)],
      [1, random.below(40 * DAY)],
      [3, -random.below(30 * DAY)],
    ]),
    lasts: random.weighted([
      [10, 200 * DAY],
      [1, 1 + random.below(5_000)],
      [2, random.below(20 * DAY) + 1],
    ]),
    form: random.weighted([
      [6, 'WRITTEN'],
      [3, 'ELECTRONIC'],
      [2, 'ORAL'],
    ]),
    explicit: random.chance(0.8),
    capacity: random.chance(0.7),
    statedBy,
    ageBand,
    categories,
  };
}

/** The part of a request that every yes has, and the yes as the oracle has to know it. */
export function yesOf(
  lane: Lane,
  move: Record<string, unknown>,
  about: Handle,
  from: number,
  to: number,
  purpose: string | null,
) {
  const { statedBy, ageBand, form } = move as { statedBy: string; ageBand: string; form: string };
  const statedAt = lane.now - Number(move.statedAgo);
  const validFrom = lane.now + Number(move.beginsIn);
  const validUntil = Math.min(validFrom + Number(move.lasts), statedAt + 360 * DAY);
  const iso = (at: number): string => new Date(at).toISOString();
  const adultFrom =
    ageBand === 'ADULT' ? null : iso(lane.now + (ageBand === 'UNDER_15' ? 2_500 : 800) * DAY).slice(0, 10);
  const categories = move.categories as string[];
  const yes: Yes = {
    decision: 'GIVEN',
    about,
    from: lane.partner(from).number,
    to: lane.partner(to).number,
    purpose,
    categories,
    statedAt,
    recordedAt: lane.now,
    statedBy,
    ageBand,
    validFrom,
    validUntil,
    form,
    capacityConfirmed: move.capacity === true,
    explicitSpecialCategories: move.explicit === true,
  };
  const line = { recipient: lane.partner(to).id, categories, ...(purpose === null ? {} : { purpose }) };
  const sheet = {
    statedAt: iso(statedAt),
    statedBy,
    ageBand,
    validFrom: iso(validFrom),
    validUntil: iso(validUntil),
    form,
    capacityConfirmed: yes.capacityConfirmed,
    explicitSpecialCategories: yes.explicitSpecialCategories,
    language: 'de',
    textHash: TEXT_HASH,
    adultFrom,
  };
  return { yes, line, sheet };
}

/** What would carry a Laufzettel of the lane on: who wrote an entry of it, to somebody else, for its purpose. */
function chooseScope(
  lane: Lane,
  random: Random,
): { client: string; to: number; purpose: string; categories: string[] } | null {
  const partners = lane.setting.network.partners.length;
  const slips = keysOf(lane.slips);
  if (slips.length > 0 && random.chance(0.8)) {
    const slip = lane.slips.get(recent(random, slips))!;
    const on = slip.entries.map((one) => lane.entries.get(one)!);
    const whose = random.chance(0.75) ? slip.by : random.pick(on).by;
    const person = lane.handleNamed(slip.client)!.person;
    // Mostly about the client, now and then about somebody else whom an entry concerns.
    const persons = [person, ...on.flatMap(({ entry }) => entry.concerns.map((one) => one.person))];
    const about = random.chance(0.7) ? person : random.pick(persons);
    const number = lane.partner(whose).number;
    const clients = keysOf(
      lane.handles,
      ({ handle }) => handle.agency === number && handle.person === about && !handle.erased,
    );
    if (clients.length === 0) return null;
    const wanted = on.flatMap(({ entry }) => [entry.category, ...(entry.filedUnder ?? [])]);
    const categories = [...new Set([...random.some(wanted, 0.9), ...random.some(ALL_CATEGORIES, 0.04)])];
    return { client: random.pick(clients), to: random.below(partners), purpose: slip.purpose, categories };
  }
  const clients = keysOf(lane.handles, ({ handle }) => !handle.erased);
  if (clients.length === 0) return null;
  const categories = random.some(ALL_CATEGORIES, 0.3);
  return { client: random.pick(clients), to: random.below(partners), purpose: random.pick(PURPOSES), categories };
}

/** What the no leaves out is every one. */
function chooseNo(lane: Lane, random: Random): Record<string, unknown> | null {
  const clients = keysOf(lane.handles);
  if (clients.length === 0) return null;
  const partners = lane.setting.network.partners.length;
  const [statedBy, ageBand] = random.weighted(SPEAKERS);
  const open = lane.oracle.rows.filter((row) => !row.closed);
  const row = open.length > 0 && random.chance(0.6) ? random.pick(open) : null;
  const left = (named: unknown) => (random.chance(0.5) ? named : null);
  return {
    client: random.pick(clients),
    from: left(row ? lane.indexOf(row.from) : random.below(partners)),
    to: left(row ? lane.indexOf(row.to) : random.below(partners)),
    purpose: left(row ? row.purpose : random.pick(PURPOSES)),
    categories: left(row ? [row.entry.category] : random.some(ALL_CATEGORIES, 0.3)),
    statedAgo: random.pick([0, 0, 5 * MINUTE, -DAY]),
    decision: random.chance(0.7) ? 'WITHDRAWN' : 'REFUSED',
    statedBy,
    ageBand,
  };
}

function noOf(lane: Lane, move: Move, about: Handle): { no: No; scope: Record<string, unknown> } {
  const numberOf = (index: number | null) => (index === null ? null : lane.partner(index).number);
  const idOf = (index: number | null) => (index === null ? null : lane.partner(index).id);
  const categories = move.categories === null || move.categories.length === 0 ? null : move.categories;
  const no: No = {
    decision: move.decision,
    about,
    from: numberOf(move.from),
    to: numberOf(move.to),
    purpose: move.purpose,
    categories,
    statedAt: lane.now - move.statedAgo,
    recordedAt: lane.now,
    statedBy: move.statedBy,
    ageBand: move.ageBand,
  };
  return { no, scope: { recipient: idOf(move.to), categories, discloser: idOf(move.from) } };
}

const tellWord = (move: Move): string =>
  `${move.form} by ${move.statedBy}, ${move.ageBand}, stated ${move.statedAgo} ms ago, from in ${move.beginsIn} ms for ${move.lasts} ms`;
const orEvery = (value: unknown): string => (value === null ? 'every' : String(value));

/** 409: something that is permitted now would be withheld. Confirmed, it is recorded. */
export async function recordConfirmed(
  lane: Lane,
  by: number,
  operation: 'recordStatement' | 'recordRelease' | 'recordConsentForm',
  input: Parameters<Lane['call']>[2] & { body: object },
) {
  const first = await lane.call(by, operation, input);
  if (first.code !== 'confirmation-required') return { outcome: first, input };
  const again = { ...input, body: { ...input.body, confirm: true } };
  return { outcome: await lane.call(by, operation, again), input: again };
}

export const words: Record<string, Kind> = {
  yes: {
    weight: 22,
    choose(lane, random) {
      const scope = chooseScope(lane, random);
      if (scope === null || scope.categories.length === 0) return null;
      return { ...scope, door: door(random), key: random.chance(0.1), ...chooseYes(random, scope.categories) };
    },
    async perform(lane, move) {
      const client = lane.handles.get(move.client);
      if (client === undefined) return;
      const by = lane.indexOf(client.handle.agency);
      if (by === move.to) return;
      const { yes, line, sheet } = yesOf(lane, move, client.handle, by, move.to, move.purpose);
      const body = { decision: 'GIVEN', ...line, ...sheet, evidenceRef: lane.newProof(by) };
      const input = { params: { clientId: client.id }, body, door: move.door, ...keyOf(lane, move) };
      const { outcome, input: last } = await recordConfirmed(lane, by, 'recordStatement', input);
      if (outcome.status !== 201) return;
      lane.oracle.statements.push(yes);
      lane.oracle.settle();
      if (move.key) lane.keyed.set(`k${move.n}`, { by, operation: 'recordStatement', input: last, at: lane.now });
    },
    tell: (move, name) =>
      `client ${move.client} says yes there, to ${name(move.to)} for ${move.purpose}: ${move.categories} (${tellWord(move)})`,
  },

  no: {
    weight: 5,
    choose: (lane, random) => {
      const no = chooseNo(lane, random);
      return no === null ? null : { ...no, door: door(random) };
    },
    async perform(lane, move) {
      const client = lane.handles.get(move.client);
      if (client === undefined) return;
      const by = lane.indexOf(client.handle.agency);
      const { no, scope } = noOf(lane, move, client.handle);
      const { decision, statedBy, ageBand, purpose } = no;
      const body = { decision, ...scope, purpose, statedAt: new Date(no.statedAt).toISOString(), statedBy, ageBand };
      const { status } = await lane.call(by, 'recordStatement', {
        params: { clientId: client.id },
        body,
        door: move.door,
      });
      if (status !== 201) return;
      lane.oracle.statements.push(no);
      lane.oracle.settle();
    },
    tell: (move, name) =>
      `client ${move.client} says no there (${move.decision}, ${move.statedBy}, ${move.ageBand}): from ${move.from === null ? 'every' : name(move.from)} to ` +
      `${move.to === null ? 'every' : name(move.to)} for ${orEvery(move.purpose)}: ${orEvery(move.categories)}`,
  },

  release: {
    weight: 7,
    choose(lane, random) {
      const scope = chooseScope(lane, random);
      if (scope === null || scope.categories.length === 0) return null;
      return { ...scope, ...chooseYes(random, scope.categories) };
    },
    async perform(lane, move) {
      const client = lane.handles.get(move.client);
      if (client === undefined) return;
      const by = lane.indexOf(client.handle.agency);
      if (by === move.to) return;
      const { yes, line, sheet } = yesOf(lane, move, client.handle, by, move.to, null);
      const body = { decision: 'GIVEN', ...line, ...sheet, evidenceRef: lane.newProof(by) };
      const { outcome } = await recordConfirmed(lane, by, 'recordRelease', { params: { clientId: client.id }, body });
      if (outcome.status !== 201) return;
      lane.oracle.releases.push(yes);
      lane.oracle.settle();
    },
    tell: (move, name) =>
      `client ${move.client} releases there, towards ${name(move.to)}: ${move.categories} (${tellWord(move)})`,
  },

  unrelease: {
    weight: 1.5,
    choose: (lane, random) => chooseNo(lane, random),
    async perform(lane, move) {
      const client = lane.handles.get(move.client);
      if (client === undefined) return;
      const by = lane.indexOf(client.handle.agency);
      const { no, scope } = noOf(lane, { ...move, decision: 'WITHDRAWN' }, client.handle);
      const { discloser: origin, ...rest } = scope;
      const stated = { statedAt: new Date(no.statedAt).toISOString(), statedBy: no.statedBy, ageBand: no.ageBand };
      const body = { decision: 'WITHDRAWN', origin, ...rest, ...stated };
      const { status } = await lane.call(by, 'recordRelease', { params: { clientId: client.id }, body });
      if (status !== 201) return;
      lane.oracle.releases.push({ ...no, purpose: null });
      lane.oracle.settle();
    },
    tell: (move, name) =>
      `client ${move.client} takes a release back there: of ${move.from === null ? 'every' : name(move.from)} towards ` +
      `${move.to === null ? 'every' : name(move.to)}: ${orEvery(move.categories)}`,
  },

  sheet: {
    weight: 2,
    choose(lane, random) {
      const scope = chooseScope(lane, random);
      if (scope === null || scope.categories.length === 0) return null;
      const other = random.below(lane.setting.network.partners.length);
      return { ...scope, other, ...chooseYes(random, scope.categories) };
    },
    async perform(lane, move) {
      const client = lane.handles.get(move.client);
      if (client === undefined) return;
      const by = lane.indexOf(client.handle.agency);
      if (by === move.to || move.other === move.to) return;
      const consent = yesOf(lane, move, client.handle, by, move.to, move.purpose);
      const release = yesOf(lane, move, client.handle, by, move.to, null);
      const { no } = noOf(
        lane,
        { ...move, decision: 'REFUSED', from: null, to: move.other, purpose: null, categories: null },
        client.handle,
      );
      const lines = [
        { type: 'STATEMENT', decision: 'GIVEN', ...consent.line },
        { type: 'RELEASE', decision: 'GIVEN', ...release.line },
        { type: 'STATEMENT', decision: 'REFUSED', recipient: lane.partner(move.other).id },
      ];
      const body = { ...consent.sheet, evidenceRef: lane.newProof(by), lines };
      const { outcome } = await recordConfirmed(lane, by, 'recordConsentForm', {
        params: { clientId: client.id },
        body,
      });
      if (outcome.status !== 201) return;
      lane.oracle.statements.push(consent.yes, { ...no, statedAt: consent.yes.statedAt });
      lane.oracle.releases.push(release.yes);
      lane.oracle.settle();
    },
    tell: (move, name) =>
      `client ${move.client} signs a sheet there: yes and release to ${name(move.to)} for ${move.purpose}: ${move.categories}; no to ${name(move.other)} (${tellWord(move)})`,
  },

  propose: {
    weight: 2,
    choose(lane, random) {
      const scope = chooseScope(lane, random);
      if (scope === null || scope.categories.length === 0) return null;
      return {
        ...scope,
        giver: random.below(lane.setting.network.partners.length),
        ...chooseYes(random, scope.categories),
      };
    },
    async perform(lane, move) {
      const client = lane.handles.get(move.client);
      if (client === undefined) return;
      const by = lane.indexOf(client.handle.agency);
      if (by === move.giver || move.giver === move.to) return;
      const { line, sheet } = yesOf(lane, move, client.handle, move.giver, move.to, move.purpose);
      const proof = lane.newProof(by);
      const body = { type: 'STATEMENT', discloser: lane.partner(move.giver).id, ...line, ...sheet, evidenceRef: proof };
      const { status, value } = await lane.call(by, 'proposeConsent', { params: { clientId: client.id }, body });
      if (status !== 201) return;
      // The giver sees it if it knows the person, and reads where the proof lies.
      lane.setting.proofs.set(numberOf(proof), lane.partner(move.giver).number);
      lane.proposals.set(`p${move.n}`, { id: value.id, by, giver: move.giver });
    },
    tell: (move, name) =>
      `the agency of ${move.client} proposes p${move.n} to ${name(move.giver)}: yes to ${name(move.to)} for ${move.purpose}: ${move.categories} (${tellWord(move)})`,
  },

  confirm: {
    weight: 2,
    choose(lane, random) {
      const open = keysOf(lane.proposals);
      return open.length === 0 ? null : { proposal: recent(random, open) };
    },
    async perform(lane, move) {
      const proposal = lane.proposals.get(move.proposal);
      if (proposal === undefined) return;
      const params = { proposalId: proposal.id };
      const shown = await lane.call(proposal.giver, 'getProposal', { params });
      if (shown.status !== 200) return;
      const mine = [...lane.handles.values()].find((one) => one.id === shown.value.clientId);
      if (mine === undefined) return;
      let { status, code } = await lane.call(proposal.giver, 'confirmProposal', { params, body: {} });
      if (code === 'confirmation-required') {
        ({ status, code } = await lane.call(proposal.giver, 'confirmProposal', { params, body: { confirm: true } }));
      }
      if (status !== 200 && status !== 201) return;
      const word = shown.value;
      const yes: Word = {
        decision: 'GIVEN',
        about: mine.handle,
        from: lane.partner(proposal.giver).number,
        to: lane.setting.network.partners.find((one) => one.id === word.recipient)!.number,
        purpose: word.purpose,
        categories: word.categories,
        statedAt: Date.parse(word.statedAt),
        recordedAt: lane.now,
        statedBy: word.statedBy,
        ageBand: word.ageBand,
        validFrom: Date.parse(word.validFrom),
        validUntil: Date.parse(word.validUntil),
        form: word.form,
        capacityConfirmed: word.capacityConfirmed,
        explicitSpecialCategories: word.explicitSpecialCategories,
      };
      lane.oracle.statements.push(yes);
      lane.oracle.settle();
    },
    tell: (move) => `the giver confirms ${move.proposal}, if it may`,
  },
};
