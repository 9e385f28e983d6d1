/** Moves of a Laufzettel: made, previewed, forwarded and forwarded on, answered. */

import type { Random } from '../support/random.ts';
import { decideForwarding, type Entry } from './decide.ts';
import { step } from './handling.ts';
import { Finding, type KnownSlip, type Lane } from './lane.ts';
import { door, type Kind, keysOf, type Move, recent } from './moves.ts';
import { acceptLimit } from './oracle.ts';
import { keyOf } from './people.ts';
import { PURPOSES } from './words.ts';

const KINDS: [number, string][] = [
  [8, 'FALLMITTEILUNG'],
  [6, 'FALLBESPRECHUNG'],
  [2, 'BERATUNGSANFRAGE'],
  [1, 'TERMIN'],
  [4, 'FOERDERPLAN'],
  [2, 'BERUFSWEGEPLANUNG'],
];

/** Entries that this agency may name on it: what it wrote and has neither erased nor corrected, what it holds. */
export function nameable(lane: Lane, slip: KnownSlip, by: number): string[] {
  const reader = lane.partner(by).number;
  return keysOf(lane.entries, ({ entry }, name) => {
    if (entry.origin === reader) return slip.entries.includes(name) && !entry.replaced && !entry.concerns[0]!.erased;
    return lane.oracle.rows.some(
      (row) =>
        row.entry === entry &&
        row.to === reader &&
        !row.closed &&
        lane.forwardings.get(row.forwarding)?.slip === nameOf(lane, slip),
    );
  });
}

const nameOf = (lane: Lane, slip: KnownSlip): string => [...lane.slips].find(([, one]) => one === slip)![0];

/** Who has it: its creator, and everybody to whom it was forwarded. */
export const holders = (lane: Lane, name: string): number[] => [
  ...new Set([
    lane.slips.get(name)!.by,
    ...[...lane.forwardings.values()].filter((one) => one.slip === name).map((one) => one.to),
  ]),
];

/** Who hears that it has ended, and may not send it on: its creator, and everybody who got it from its creator. */
export function isEndedFor(lane: Lane, name: string, by: number): boolean {
  const slip = lane.slips.get(name)!;
  const all = [...lane.forwardings.values()].filter((one) => one.slip === name && one.from === slip.by);
  return slip.ended && (slip.by === by || all.some((one) => one.to === by));
}

function chooseForward(lane: Lane, random: Random): Record<string, unknown> | null {
  const slips = keysOf(lane.slips);
  if (slips.length === 0) return null;
  const slip = recent(random, slips);
  const by = random.pick(holders(lane, slip));
  const all = nameable(lane, lane.slips.get(slip)!, by);
  const entries = random.chance(0.7) ? all : random.some(all, 0.6);
  // Mostly to whom somebody has said yes to.
  const wanted = lane.oracle.statements
    .flatMap((one) => (one.decision === 'GIVEN' ? [lane.indexOf(one.to)] : []))
    .slice(-8);
  const to =
    wanted.length > 0 && random.chance(0.8) ? random.pick(wanted) : random.below(lane.setting.network.partners.length);
  if (entries.length === 0 || to === by) return null;
  return { slip, by, to, entries, strict: random.chance(0.1), door: door(random), key: random.chance(0.15) };
}

interface Sending {
  slip: KnownSlip;
  asked: Entry[];
  expected: ReturnType<typeof decideForwarding>;
  input: { params: { laufzettelId: string }; body: object; door: 'REST' | 'GraphQL' };
}

/** The request, and what the oracle says to it; null where something is missing that it names. */
function sending(lane: Lane, move: Move): Sending | null {
  const slip = lane.slips.get(move.slip);
  const known = move.entries.map((one: string) => lane.entries.get(one));
  if (slip === undefined || known.includes(undefined) || lane.isSuspended(move.by)) return null;
  if (!holders(lane, move.slip).includes(move.by)) return null;
  const able = nameable(lane, slip, move.by);
  if (!move.entries.every((one: string) => able.includes(one))) return null;
  const asked: Entry[] = known.map((one: { entry: Entry }) => one.entry);
  const hop = {
    person: lane.handleNamed(slip.client)!.person,
    from: lane.partner(move.by).number,
    to: lane.partner(move.to).number,
    purpose: slip.purpose,
  };
  const expected = decideForwarding(
    asked,
    hop,
    { kind: slip.kind, strict: move.strict === true },
    lane.now,
    lane.oracle,
  );
  const body = {
    recipient: lane.partner(move.to).id,
    entryIds: known.map((one: { id: string }) => one.id),
    ...(move.strict ? { strict: true } : {}),
  };
  return { slip, asked, expected, input: { params: { laufzettelId: slip.id }, body, door: move.door } };
}

/** Which entries, and why not: exactly as the oracle says. */
function compare(
  lane: Lane,
  { expected }: Sending,
  what: string,
  permitted: { entryId: string }[] | null,
  withheld: { entryId: string; reasons: string[] }[],
): void {
  if (!lane.exact) return;
  const named = (id: string): string => [...lane.entries].find(([, one]) => one.id === id)?.[0] ?? id;
  const theirs = JSON.stringify({
    permitted: permitted?.map((one) => named(one.entryId)).sort() ?? null,
    withheld: withheld.map((one) => `${named(one.entryId)}: ${one.reasons}`).sort(),
  });
  const ours = JSON.stringify({
    permitted: permitted === null ? null : expected.permitted.map((one) => one.name).sort(),
    withheld: expected.withheld.map((one) => `${one.entry.name}: ${one.reasons}`).sort(),
  });
  if (theirs !== ours) throw new Finding('mismatch', `${what} said ${theirs}, and the contract says ${ours}`);
}

/** The recipient's own handle, by the header in its inbox: listing does not count as reading. */
export async function learnForwarding(
  lane: Lane,
  name: string,
  id: string,
  slip: string,
  from: number,
  to: number,
): Promise<void> {
  const { number } = lane.partner(to);
  if (!lane.isSuspended(to)) {
    const { value } = await lane.call(to, 'listInbox', { query: { limit: 30 } });
    const header = value.items.find((one: { id: string }) => one.id === id);
    const handleId = header?.clientId;
    const isKnown = [...lane.handles.values()].some((one) => one.id === handleId);
    if (!isKnown && handleId !== undefined) {
      const person = lane.handleNamed(lane.slips.get(slip)!.client)!.person;
      lane.handles.set(`h${name}`, { id: handleId, handle: { agency: number, person, erased: false } });
    }
  }
  lane.forwardings.set(name, { id, slip, from, to, sentAt: lane.now, tags: new Map() });
}

/** What went becomes one row an entry. */
export function open(
  lane: Lane,
  name: string,
  slip: KnownSlip,
  from: number,
  to: number,
  permitted: readonly Entry[],
): void {
  const about = lane.handleNamed(slip.client)!;
  for (const entry of permitted) {
    lane.setting.counts.disclosures += 1;
    lane.oracle.rows.push({
      entry,
      about,
      from: lane.partner(from).number,
      to: lane.partner(to).number,
      purpose: slip.purpose,
      forwarding: name,
      acceptBy: acceptLimit(lane.now),
      closed: false,
      fetched: 'no',
    });
  }
}

export function expectEnded(slip: string, code: string | null): void {
  if (code !== 'transition-illegal') throw new Finding('mismatch', `${slip}, which has ended, answered ${code}`);
}

export const travel: Record<string, Kind> = {
  slip: {
    weight: 6,
    choose(lane, random) {
      const clients = keysOf(lane.handles, ({ handle }) => !handle.erased);
      if (clients.length === 0 || lane.slips.size > 12) return null;
      const client = recent(random, clients);
      const { agency, person } = lane.handleNamed(client)!;
      const own = keysOf(
        lane.entries,
        ({ entry }) =>
          entry.origin === agency &&
          !entry.replaced &&
          !entry.concerns[0]!.erased &&
          entry.concerns.some((one) => one.person === person),
      );
      if (own.length === 0) return null;
      const kind = random.weighted(KINDS);
      const purpose = random.weighted(PURPOSES.map((one, index) => [PURPOSES.length - index, one] as const));
      return {
        client,
        kind,
        // What is to be discussed is mostly sent for it.
        purpose: kind === 'FALLBESPRECHUNG' && random.chance(0.8) ? kind : purpose,
        entries: random.some(own, 0.85),
        door: door(random),
      };
    },
    async perform(lane, move) {
      const client = lane.handles.get(move.client);
      const known = move.entries.map((one: string) => lane.entries.get(one));
      if (client === undefined || known.includes(undefined) || known.length === 0) return;
      const by = lane.indexOf(client.handle.agency);
      const body = {
        clientId: client.id,
        kind: move.kind,
        purpose: move.purpose,
        entryIds: known.map((one: { id: string }) => one.id),
      };
      const { status, value } = await lane.call(by, 'createLaufzettel', { body, door: move.door });
      if (status !== 201) return;
      lane.slips.set(`s${move.n}`, {
        id: value.id,
        by,
        client: move.client,
        kind: move.kind,
        purpose: move.purpose,
        entries: [...move.entries],
        ended: false,
      });
    },
    tell: (move) =>
      `a Laufzettel s${move.n} about ${move.client}: ${move.kind} for ${move.purpose}, with ${move.entries}`,
  },

  addTo: {
    weight: 2,
    choose(lane, random) {
      const slips = keysOf(lane.slips);
      if (slips.length === 0) return null;
      const slip = recent(random, slips);
      const by = random.pick(holders(lane, slip));
      const { number } = lane.partner(by);
      const person = lane.handleNamed(lane.slips.get(slip)!.client)!.person;
      const own = keysOf(
        lane.entries,
        ({ entry }, name) =>
          entry.origin === number &&
          !entry.replaced &&
          !entry.concerns[0]!.erased &&
          entry.concerns.some((one) => one.person === person) &&
          !lane.slips.get(slip)!.entries.includes(name),
      );
      return own.length === 0 ? null : { slip, by, entry: random.pick(own) };
    },
    async perform(lane, move) {
      const slip = lane.slips.get(move.slip);
      const entry = lane.entries.get(move.entry);
      if (slip === undefined || entry === undefined) return;
      const { status } = await lane.call(move.by, 'addToLaufzettel', {
        params: { laufzettelId: slip.id },
        body: { entryIds: [entry.id] },
      });
      if (status === 200 || status === 201) slip.entries.push(move.entry);
    },
    tell: (move, name) => `${name(move.by)} adds ${move.entry} to ${move.slip}`,
  },

  preview: {
    weight: 3,
    choose: chooseForward,
    async perform(lane, move) {
      const one = sending(lane, move);
      if (one === null) return;
      const { status, code, value } = await lane.call(move.by, 'previewForwarding', one.input);
      if (isEndedFor(lane, move.slip, move.by)) return expectEnded(move.slip, code);
      if (status !== 200) throw new Finding('mismatch', `a preview of ${move.slip} answered ${status}`);
      compare(lane, one, 'the preview', value.permitted, value.withheld);
      if (lane.exact && value.refused !== one.expected.refused)
        throw new Finding('mismatch', `the preview of ${move.slip} said refused: ${value.refused}`);
    },
    tell: (move, name) =>
      `${name(move.by)} previews ${move.slip} to ${name(move.to)} with ${move.entries}${move.strict ? ', all or nothing' : ''}`,
  },

  forward: {
    weight: 18,
    choose: chooseForward,
    async perform(lane, move) {
      const one = sending(lane, move);
      if (one === null) return;
      const input = { ...one.input, ...keyOf(lane, move) };
      const { status, code, value } = await lane.call(move.by, 'forwardLaufzettel', input);
      if (move.key) lane.keyed.set(`k${move.n}`, { by: move.by, operation: 'forwardLaufzettel', input, at: lane.now });
      if (isEndedFor(lane, move.slip, move.by)) return expectEnded(move.slip, code);
      if (code === 'consent-missing') {
        lane.setting.counts.refusals += 1;
        if (lane.exact && !one.expected.refused)
          throw new Finding('mismatch', `forwarding ${move.slip} was refused, and the contract permits it`);
        compare(lane, one, 'the refusal', null, value.withheld);
        return;
      }
      if (status !== 201) throw new Finding('mismatch', `forwarding ${move.slip} answered ${status} ${code}`);
      if (lane.exact && one.expected.refused)
        throw new Finding('leak', `forwarding ${move.slip} went, and the contract refuses it`);
      compare(lane, one, 'the forwarding', value.forwarding.disclosed, value.withheld);
      await learnForwarding(lane, `f${move.n}`, value.forwarding.id, move.slip, move.by, move.to);
      open(lane, `f${move.n}`, one.slip, move.by, move.to, one.expected.permitted);
    },
    tell: (move, name) =>
      `${name(move.by)} forwards ${move.slip} to ${name(move.to)} as f${move.n}, with ${move.entries}${move.strict ? ', all or nothing' : ''}`,
  },

  answer: {
    weight: 2,
    choose(lane, random) {
      const all = keysOf(lane.forwardings);
      if (all.length === 0) return null;
      const forwarding = recent(random, all);
      const { slip, to, from } = lane.forwardings.get(forwarding)!;
      const entries = random.some(nameable(lane, lane.slips.get(slip)!, to), 0.7);
      return { forwarding, slip, by: to, to: from, entries, strict: false, door: door(random) };
    },
    async perform(lane, move) {
      const one = move.entries.length === 0 ? null : sending(lane, move);
      if (move.entries.length > 0 && one === null) return;
      const more = one === null ? {} : { entryIds: (one.input.body as { entryIds: string[] }).entryIds };
      const outcome = await step(lane, move, 'answerForwarding', (forwarding) => forwarding.to, more);
      if (outcome === null || one === null || outcome.code === 'transition-illegal') return;
      if (outcome.code === 'consent-missing') {
        lane.setting.counts.refusals += 1;
        return compare(lane, one, 'the refused answer', null, outcome.value.withheld);
      }
      if (outcome.status !== 200) return;
      compare(lane, one, 'the answer', outcome.value.answer.disclosed, outcome.value.withheld);
      await learnForwarding(lane, `f${move.n}`, outcome.value.answer.id, move.slip, move.by, move.to);
      open(lane, `f${move.n}`, one.slip, move.by, move.to, one.expected.permitted);
    },
    tell: (move, name) =>
      `${name(move.by)} answers ${move.forwarding} with ${move.entries.length === 0 ? 'nothing' : `f${move.n}: ${move.entries}`}`,
  },
};
