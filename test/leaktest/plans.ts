/** Moves about plans that two agencies write together: open one, propose a part, answer, withdraw. */

import type { Random } from '../support/random.ts';
import { towardsSlip } from './agenda-goal.ts';
import { decideForwarding, type Entry, type Handle, type Hop, reasonsAgainst } from './decide.ts';
import { PLAIN } from './goals.ts';
import { type Plan, planFor } from './joint.ts';
import { Finding, type KnownPlan, type Lane, type Outcome } from './lane.ts';
import { readPlan } from './look-plans.ts';
import { door, type Kind, keysOf, type Move, recent } from './moves.ts';
import { keyOf, settleMarks, type Written, written } from './people.ts';
import { expectEnded, holders, isEndedFor, learnForwarding, open } from './travel.ts';

const MOST_PLANS = 5;
const KINDS = ['FOERDERPLAN', 'BERUFSWEGEPLANUNG'];
const CODES = ['TALK_FIRST', 'OUTDATED', 'COUNTERPROPOSAL'];

export const sideOf = (known: KnownPlan, other: number): number => (other === known.by ? known.partner : known.by);

/** From one side to the other, about the client of its Laufzettel. */
function hopOf(lane: Lane, known: KnownPlan, by: number): Hop {
  const slip = lane.slips.get(known.slip)!;
  return {
    person: lane.handleNamed(slip.client)!.person,
    from: lane.partner(by).number,
    to: lane.partner(sideOf(known, by)).number,
    purpose: slip.purpose,
  };
}

function choosePart(lane: Lane, random: Random): Record<string, unknown> | null {
  const names = keysOf(lane.plans);
  if (names.length === 0) return null;
  const plan = recent(random, names);
  const known = lane.plans.get(plan)!;
  const by = random.chance(0.6) ? known.by : known.partner;
  const hop = hopOf(lane, known, by);
  const client = keysOf(lane.handles, ({ handle }) => handle.agency === hop.from && handle.person === hop.person)[0];
  if (client === undefined || planFor(known.plan, hop.from, lane.oracle) === null) return null;
  const secrecy = random.chance(0.6) ? false : null;
  const missing = reasonsAgainst(likely(known.plan, lane.handleNamed(client)!, secrecy), hop, lane.now, lane.oracle);
  if (missing.length > 0 && random.chance(0.8)) {
    const said = { client, to: sideOf(known, by), purpose: hop.purpose, categories: [known.plan.kind] };
    const isSecret = missing.includes('SECRECY_RELEASE_MISSING') && random.chance(0.6);
    return { do: isSecret ? 'release' : 'yes', ...said, door: door(random), ...PLAIN };
  }
  return {
    ...{ plan, by, secrecy, category: known.plan.kind, title: '', concerns: [], filedUnder: null },
    change: random.chance(0.4),
    place: random.pick(['DEFAULT', 'DEFAULT', 'FIRST', 'AFTER']),
    door: door(random),
    key: random.chance(0.15),
  };
}

/** The entry that is about to be written, as far as the check asks for it. */
const likely = ({ kind }: Plan, client: Handle, secrecy: boolean | null): Entry => ({
  ...{ name: '', category: kind, origin: client.agency, concerns: [client] },
  secrecy: kind === 'FOERDERPLAN' && secrecy === null,
  ...{ guardFrom: null, filedUnder: null, replaced: false },
});

interface Proposing {
  known: KnownPlan;
  made: Written;
  expected: ReturnType<typeof decideForwarding>;
  input: { params: { planId: string }; body: object; door: 'REST' | 'GraphQL' };
  place: Plan['proposals'][number]['place'];
}

/** Looks at the plan, as its proposer has to, and writes the request. null: there is nothing to be proposed in. */
async function proposing(lane: Lane, move: Move): Promise<Proposing | null> {
  const known = lane.plans.get(move.plan);
  if (known === undefined || lane.isSuspended(move.by)) return null;
  const view = await readPlan(lane, move.by, move.plan, 'REST');
  if (view === null) return null;
  const handle = [...lane.handles.values()].find((one) => one.id === view.clientId)?.handle;
  if (handle === undefined || handle.erased) return null;
  const made = written(lane, move.by, handle, move, `e${move.n}`);
  if (made === null) return null;
  const part = move.change && view.parts.length > 0 ? view.parts[move.n % view.parts.length] : null;
  const after = view.parts.find((one: { id: string }) => one.id !== part?.id)?.id;
  const place =
    move.place === 'AFTER' && after !== undefined ? { after } : move.place === 'FIRST' ? 'FIRST' : 'DEFAULT';
  const body = {
    entry: made.body,
    ...(part ? { partId: part.id, replaces: part.entry.id } : {}),
    ...(place === 'FIRST' ? { after: null } : typeof place === 'object' ? place : {}),
  };
  const hop = hopOf(lane, known, move.by);
  const expected = decideForwarding([made.entry], hop, { kind: known.plan.kind, strict: true }, lane.now, lane.oracle);
  return { known, made, expected, input: { params: { planId: known.id }, body, door: move.door }, place };
}

function expectRefused(lane: Lane, { expected }: Proposing, { value }: Outcome): void {
  lane.did('part refused');
  lane.setting.counts.refusals += 1;
  if (!lane.exact) return;
  if (!expected.refused) throw new Finding('mismatch', 'a part was refused, and the contract permits it');
  const theirs = value.withheld.map((one: { reasons: string[] }) => one.reasons.join()).join();
  const ours = expected.withheld.map((one) => one.reasons.join()).join();
  if (theirs !== ours) throw new Finding('mismatch', `a part was refused for ${theirs}, the contract says ${ours}`);
}

async function propose(lane: Lane, move: Move): Promise<void> {
  const one = await proposing(lane, move);
  if (one === null) return;
  const { known, made, expected, place } = one;
  const input = { ...one.input, ...keyOf(lane, move) };
  const outcome = await lane.call(move.by, 'proposePlanPart', input);
  const { status, code, value } = outcome;
  if (move.key && (status === 201 || code === 'consent-missing'))
    lane.keyed.set(`k${move.n}`, { by: move.by, operation: 'proposePlanPart', input, at: lane.now });
  if (isEndedFor(lane, known.slip, move.by)) return expectEnded(known.slip, code);
  if (code === 'consent-missing') return expectRefused(lane, one, outcome);
  if (status !== 201) throw new Finding('mismatch', `proposing in ${move.plan} answered ${status} ${code}`);
  if (lane.exact && expected.refused)
    throw new Finding('leak', `a part went to ${move.plan}, and the contract refuses it`);
  lane.did('part proposed');
  const { entry } = made;
  settleMarks(entry, value.entry, '');
  lane.entries.set(entry.name, { id: value.entry.id, entry, marker: made.marker, by: move.by });
  const slip = lane.slips.get(known.slip)!;
  slip.entries.push(entry.name);
  const forwarding = `f${move.n}`;
  await learnForwarding(lane, forwarding, value.forwardingId, known.slip, move.by, sideOf(known, move.by));
  open(lane, forwarding, slip, move.by, sideOf(known, move.by), [entry]);
  known.plan.proposals.push({
    ...{ name: `q${move.n}`, id: value.id, part: value.partId, by: entry.origin, forwarding, place },
    entries: lane.oracle.newSuccession(entry),
    status: 'OPEN',
    answeredAt: null,
  });
}

function chooseOpen(lane: Lane, random: Random, yours: boolean): Record<string, unknown> | null {
  const all = [...lane.plans].flatMap(([plan, known]) =>
    known.plan.proposals
      .filter(({ status }) => status === 'OPEN')
      .map(({ name, by }) => ({
        plan,
        proposal: name,
        by: yours ? lane.indexOf(by) : sideOf(known, lane.indexOf(by)),
      })),
  );
  return all.length === 0 ? null : random.pick(all.slice(-3));
}

export const plans: Record<string, Kind> = {
  openPlan: {
    weight: 10,
    choose(lane, random) {
      const slips = keysOf(lane.slips, ({ kind, ended }) => KINDS.includes(kind) && !ended);
      if (lane.plans.size >= MOST_PLANS) return null;
      if (slips.length === 0) {
        const category = random.pick(KINDS);
        return towardsSlip(lane, random, random.below(lane.setting.network.partners.length), category, category);
      }
      const slip = recent(random, slips);
      const by = random.pick(holders(lane, slip));
      const partner = random.below(lane.setting.network.partners.length);
      return partner === by ? null : { slip, by, partner, door: door(random) };
    },
    async perform(lane, move) {
      const slip = lane.slips.get(move.slip);
      if (slip === undefined || !holders(lane, move.slip).includes(move.by)) return;
      const nameCode = slip.kind === 'FOERDERPLAN' ? 'FOERDERPLAN' : 'BERUFSWEGEPLAN';
      const body = { laufzettelId: slip.id, partner: lane.partner(move.partner).id, nameCode };
      const { status, value } = await lane.call(move.by, 'openPlan', { body, door: move.door });
      if (status !== 201) return;
      lane.did('plan opened');
      const plan = {
        openedBy: lane.partner(move.by).number,
        partner: lane.partner(move.partner).number,
        kind: slip.kind,
        proposals: [],
      };
      lane.plans.set(`j${move.n}`, { id: value.id, slip: move.slip, by: move.by, partner: move.partner, plan });
    },
    tell: (move, name) => `${name(move.by)} opens a plan j${move.n} on ${move.slip} with ${name(move.partner)}`,
  },

  planPart: {
    weight: 40,
    choose: choosePart,
    perform: propose,
    tell: (move, name) =>
      `${name(move.by)} proposes q${move.n} in ${move.plan}: e${move.n}${move.secrecy === false ? ', no secret' : ''}, ` +
      `${move.change ? 'for what stands there' : 'a new part'} (${move.place})`,
  },

  answerPart: {
    weight: 26,
    choose(lane, random) {
      const chosen = chooseOpen(lane, random, false);
      if (chosen === null) return null;
      const code = random.chance(0.75) ? null : random.pick(CODES);
      return { ...chosen, code, names: random.chance(0.8), door: door(random) };
    },
    async perform(lane, move) {
      const known = lane.plans.get(move.plan);
      const proposal = known?.plan.proposals.find((one) => one.name === move.proposal);
      if (known === undefined || proposal === undefined || lane.isSuspended(move.by)) return;
      const view = await readPlan(lane, move.by, move.plan, 'REST');
      if (!view?.openProposals.some((one: { id: string }) => one.id === proposal.id)) return;
      const there = view.parts.find((one: { id: string }) => one.id === proposal.part)?.entry.id ?? null;
      const answer = move.code === null ? { answer: 'ACCEPT' } : { answer: 'DECLINE', code: move.code };
      const body = { ...answer, ...(move.names ? { replaces: there } : {}) };
      const params = { planId: known.id, planProposalId: proposal.id };
      const { status, code } = await lane.call(move.by, 'answerPlanProposal', { params, body, door: move.door });
      if (code === 'conflict' && !move.names) return;
      if (status !== 200) throw new Finding('mismatch', `answering ${move.proposal} answered ${status} ${code}`);
      lane.did(move.code === null ? 'part accepted' : 'part declined');
      proposal.status = move.code === null ? 'ACCEPTED' : 'DECLINED';
      proposal.answeredAt = lane.now;
      // What was accepted does not end any more because nobody has accepted it in time; who declines gains no time by it.
      if (move.code !== null) return;
      for (const row of lane.oracle.rows)
        if (row.forwarding === proposal.forwarding && !row.closed) row.acceptBy = null;
    },
    tell: (move, name) =>
      `${name(move.by)} ${move.code === null ? 'accepts' : 'declines'} ${move.proposal} of ${move.plan}`,
  },

  withdrawPart: {
    weight: 1.5,
    choose(lane, random) {
      const chosen = chooseOpen(lane, random, true);
      return chosen && { ...chosen, door: door(random) };
    },
    async perform(lane, move) {
      const known = lane.plans.get(move.plan);
      const proposal = known?.plan.proposals.find((one) => one.name === move.proposal);
      if (known === undefined || proposal === undefined || lane.isSuspended(move.by)) return;
      const seen = planFor(known.plan, proposal.by, lane.oracle)?.history.some((one) => one.proposal === proposal);
      const params = { planId: known.id, planProposalId: proposal.id };
      const { status, code } = await lane.call(move.by, 'withdrawPlanProposal', { params, door: move.door });
      if ((status === 200) !== (seen === true && proposal.status === 'OPEN'))
        throw new Finding('mismatch', `withdrawing ${move.proposal} answered ${status} ${code}`);
      if (status !== 200) return;
      lane.did('part withdrawn');
      proposal.status = 'WITHDRAWN';
      proposal.answeredAt = lane.now;
      // Recalled, unless somebody has accepted its forwarding.
      lane.oracle.closeAll((row) => row.forwarding === proposal.forwarding && row.acceptBy !== null);
    },
    tell: (move) => `its proposer withdraws ${move.proposal} of ${move.plan}`,
  },
};
