/** What a reader sees of a plan: a fold over the proposals that it sees, as if there were no others. */
import fc from 'fast-check';
import {
  allowedPlanActions,
  changedBeneath,
  DEFAULT_PLACE,
  foldPlan,
  judgeProposing,
  MOST_OPEN_PROPOSALS,
  MOST_PLAN_PARTS,
  MOST_PLAN_PROPOSALS,
  PLAN_PROPOSAL_STATUSES,
  type PlanPlace,
  type PlanProposal,
  type Proposing,
} from '../../src/domain/plan.ts';
import { t } from '../support/t.ts';

const ARGE = 'arge';
const CARITAS = 'caritas';

let time = 0;
const proposal = (id: string, more: Partial<PlanProposal> = {}): PlanProposal => {
  time += 10;
  const status = more.status ?? 'ACCEPTED';
  return {
    id,
    part: `part-${id}`,
    by: ARGE,
    entry: `entry-${id}`,
    replaces: null,
    place: DEFAULT_PLACE,
    reviewOn: null,
    status,
    code: null,
    proposedAt: time,
    answeredAt: status === 'OPEN' || status === 'LAPSED' ? null : time + 5,
    ...more,
  };
};

const order = (seen: PlanProposal[]): string[] => foldPlan(seen).parts.map(({ current }) => current.id);
const after = (id: string): PlanPlace => ({ at: 'AFTER', part: `part-${id}` });

t.test('parts stand in the order in which they were agreed on, or where they were put', async (t) => {
  const [a, b] = [proposal('a'), proposal('b')];
  const rows: [seen: PlanProposal[], expected: string[], why: string][] = [
    [[b, a], ['a', 'b'], 'in the order of the answers'],
    [[a, b, proposal('c', { place: { at: 'FIRST' } })], ['c', 'a', 'b'], 'first'],
    [[a, b, proposal('c', { place: after('a') })], ['a', 'c', 'b'], 'behind another'],
    [[a, b, proposal('c', { place: after('hidden') })], ['a', 'b', 'c'], 'behind one that is not there: at the end'],
    [[a, b, proposal('c', { part: 'part-a', replaces: 'a' })], ['c', 'b'], 'another content stays where the part is'],
    [[a, b, proposal('c', { part: 'part-a', place: after('b') })], ['b', 'c'], 'or moves'],
    [[a, b, proposal('c', { part: 'part-b', place: { at: 'FIRST' } })], ['c', 'a'], 'to the beginning'],
    [
      [a, b, proposal('c', { part: 'part-b', place: after('hidden') })],
      ['a', 'c'],
      'behind one that is not there: it stays',
    ],
    [[a, proposal('c', { status: 'DECLINED' }), proposal('d', { status: 'OPEN' })], ['a'], 'only what was accepted'],
  ];
  for (const [seen, expected, why] of rows) t.same(order(seen), expected, why);
  const [one, other] = [proposal('x', { answeredAt: 1 }), proposal('y', { answeredAt: 1 })];
  t.same(order([other, one]), ['x', 'y'], 'of one instant by id');
  t.same(
    foldPlan([other, one]).history.map(({ id }) => id),
    ['y', 'x'],
  );
  const same = [proposal('m', { proposedAt: 7 }), proposal('n', { proposedAt: 7 })];
  t.same(
    foldPlan(same).history.map(({ id }) => id),
    ['n', 'm'],
    'the history as well',
  );
});

t.test('what it names and the reader does not see is as if it were not named', async (t) => {
  const hidden = proposal('hidden');
  const seen = [
    proposal('a'),
    proposal('b', { part: hidden.part, replaces: hidden.id, place: after('hidden'), status: 'OPEN' }),
  ];
  const without = foldPlan(seen);
  t.equal(without.open[0]!.replaces, null);
  t.same(without.open[0]!.place, DEFAULT_PLACE);
  const all = foldPlan([hidden, ...seen]);
  t.equal(all.open[0]!.replaces, 'hidden');
  t.same(all.open[0]!.place, after('hidden'));
});

t.test('the version counts proposals and answers, the history everything, newest first', async (t) => {
  const seen = [proposal('a'), proposal('b', { status: 'OPEN' }), proposal('c', { status: 'DECLINED' })];
  const folded = foldPlan(seen);
  t.equal(folded.version, 1 + 3 + 2);
  t.same(
    folded.history.map(({ id }) => id),
    ['c', 'b', 'a'],
  );
  t.same(
    folded.open.map(({ id }) => id),
    ['b'],
  );
});

const ids = ['p', 'q', 'r', 's', 'u'];
const anyProposal = fc.record({
  id: fc.constantFrom(...ids),
  part: fc.constantFrom('one', 'two', 'three'),
  replaces: fc.option(fc.constantFrom(...ids)),
  place: fc.constantFrom<PlanPlace>(
    DEFAULT_PLACE,
    { at: 'FIRST' },
    { at: 'AFTER', part: 'one' },
    { at: 'AFTER', part: 'two' },
  ),
  status: fc.constantFrom(...PLAN_PROPOSAL_STATUSES),
  proposedAt: fc.nat(5),
  answered: fc.nat(5),
});
const anyPlan = fc
  .uniqueArray(anyProposal, { selector: ({ id }) => id })
  .map((all) =>
    all.map(({ answered, ...one }) =>
      proposal(one.id, { ...one, answeredAt: one.status === 'OPEN' || one.status === 'LAPSED' ? null : 10 + answered }),
    ),
  );

t.test('order and duplicates of what is known do not matter, and each part stands once', async () => {
  fc.assert(
    fc.property(anyPlan, (seen) => {
      const folded = foldPlan(seen);
      if (JSON.stringify(foldPlan(seen.toReversed())) !== JSON.stringify(folded)) return false;
      const parts = folded.parts.map(({ id }) => id);
      const accepted = new Set(seen.filter(({ status }) => status === 'ACCEPTED').map(({ part }) => part));
      return new Set(parts).size === parts.length && parts.length === accepted.size;
    }),
  );
});

t.test('nothing that a reader sees names what it does not see', async () => {
  fc.assert(
    fc.property(anyPlan, fc.func(fc.boolean()), (all, isSeen) => {
      const seen = all.filter((one) => isSeen(one.id));
      const hidden = all.filter((one) => !seen.includes(one));
      const text = JSON.stringify(foldPlan(seen));
      const parts = new Set(seen.map(({ part }) => part));
      return hidden.every(
        ({ id, part }) => !text.includes(`"${id}"`) && (parts.has(part) || !text.includes(`"${part}"`)),
      );
    }),
  );
});

const NEW: Proposing = { by: ARGE, part: null, replaces: null, place: DEFAULT_PLACE };

t.test('who proposes names what it sees, and what it may not propose it is told', async (t) => {
  const [a, open] = [proposal('a'), proposal('b', { status: 'OPEN' })];
  const plan = foldPlan([a, open]);
  const rows: [proposing: Partial<Proposing>, expected: object][] = [
    [{}, { replaces: null }],
    [{ part: a.part, replaces: a.entry }, { replaces: a.id }],
    [{ part: a.part }, { fault: 'PART_CHANGED', current: a.entry }],
    [
      { part: a.part, replaces: 'entry-x' },
      { fault: 'PART_CHANGED', current: a.entry },
    ],
    [{ replaces: a.entry }, { fault: 'PART_CHANGED', current: null }],
    [{ part: open.part }, { replaces: null }],
    [
      { part: open.part, replaces: open.entry },
      { fault: 'PART_CHANGED', current: null },
    ],
    [{ part: 'part-x' }, { fault: 'NO_SUCH_PART' }],
    [{ place: after('a') }, { replaces: null }],
    [{ place: after('b') }, { fault: 'NO_SUCH_PLACE' }],
    [{ part: a.part, replaces: a.entry, place: after('a') }, { fault: 'NO_SUCH_PLACE' }],
  ];
  for (const [proposing, expected] of rows) {
    t.same(judgeProposing(plan, { ...NEW, ...proposing }), expected, JSON.stringify(proposing));
  }
});

t.test('everything has a limit, by what who proposes sees', async (t) => {
  const many = (most: number, more: (place: number) => Partial<PlanProposal>) =>
    foldPlan(Array.from({ length: most }, (_none, place) => proposal(`n${place}`, more(place))));
  const parts = many(MOST_PLAN_PARTS, () => ({}));
  t.same(judgeProposing(parts, NEW), { fault: 'TOO_MANY_PARTS' });
  t.same(judgeProposing(parts, { ...NEW, part: 'part-n0', replaces: 'entry-n0' }), { replaces: 'n0' });
  const declined = many(MOST_PLAN_PROPOSALS, () => ({ part: 'one', status: 'DECLINED' }));
  t.same(judgeProposing(declined, NEW), { fault: 'TOO_MANY_PROPOSALS' });
  const open = many(MOST_OPEN_PROPOSALS, () => ({ part: 'one', status: 'OPEN' }));
  t.same(judgeProposing(open, NEW), { fault: 'TOO_MANY_OPEN' });
  t.same(judgeProposing(open, { ...NEW, by: CARITAS }), { replaces: null }, 'each side has its own');
});

t.test('who may do what with a proposal', async (t) => {
  for (const status of PLAN_PROPOSAL_STATUSES) {
    const isPending = status === 'OPEN' || status === 'LAPSED';
    t.same(allowedPlanActions({ by: ARGE, status }, ARGE), isPending ? ['WITHDRAW'] : [], `${status}, its proposer`);
    t.same(allowedPlanActions({ by: ARGE, status }, CARITAS), status === 'OPEN' ? ['ACCEPT', 'DECLINE'] : [], status);
  }
});

t.test('nothing is replaced that who accepts has not named', async (t) => {
  const a = proposal('a');
  const b = proposal('b', { part: a.part, replaces: a.id });
  const late = proposal('c', { part: a.part, replaces: a.id, status: 'OPEN' });
  const judged = (seen: PlanProposal[], replaces?: string | null) => {
    const plan = foldPlan(seen);
    return changedBeneath(plan, plan.open[0]!, replaces);
  };
  t.equal(judged([a, late]), null, 'it stands there as it did');
  t.same(judged([a, b, late]), { current: b.entry }, 'another one was agreed on meanwhile');
  t.equal(judged([a, b, late], b.entry), null, 'who accepts names it');
  t.same(judged([a, b, late], a.entry), { current: b.entry }, 'or names another one');
  t.equal(judged([late]), null, 'of what is not seen nothing is replaced');
  t.equal(judged([late], null), null);
  t.same(judged([late], a.entry), { current: null });
});
