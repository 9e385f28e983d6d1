/**
 * Random worlds: `decide` answers as the oracle does, word for word. A counterexample is printed as calls of the builders in
 * ../../support/consent-world.ts. The same run again: SEED=… node test/domain/consent/random.test.ts, a longer one: RUNS=1000000
 */
import fc from 'fast-check';
import { decide, goodUntil } from '../../../src/domain/consent.ts';
import { NOW, type World } from '../../support/consent-world.ts';
import { oracleGoodUntil } from '../../support/oracle.ts';
import { t } from '../../support/t.ts';
import { anyBreak, broken } from './any-break.ts';
import { anyWorld } from './any-world.ts';
import { difference, tellWorld } from './asking.ts';
import { holds, NOT_MEANT } from './holds.ts';

t.test('in readable worlds', (t) => {
  holds(t, anyWorld, difference, 6000);
  t.end();
});

t.test('in worlds with one thing wrong', (t) => {
  const worlds = fc.tuple(anyWorld, anyBreak).map(([world, change]) => broken(world, change));
  holds(t, worlds, difference, 6000);
  t.end();
});

t.test('about when a permitted entry ends', (t) => {
  holds(t, anyWorld.map(withoutTheFuture), differenceAboutTheEnd, 6000);
  t.end();
});

/** What is recorded or opened after the question is not known at its instant. */
function withoutTheFuture({ question, facts }: World): World {
  const statements = facts.statements.filter((one) => one.recordedAt <= NOW);
  const releases = facts.releases.filter((one) => one.recordedAt <= NOW);
  const rows = facts.rows.filter((one) => one.opened <= NOW);
  return { question, facts: { ...facts, statements, releases, rows } };
}

function differenceAboutTheEnd({ question, facts }: World): string | undefined {
  const ids = decide(question, facts)
    .entries.filter((one) => one.outcome === 'PERMIT')
    .map((one) => one.entry);
  if (ids.length === 0) return NOT_MEANT;
  for (const entry of question.entries.filter((one) => ids.includes(one.id))) {
    const theirs = goodUntil(question, entry, facts);
    const mine = oracleGoodUntil(question, entry, facts);
    if (theirs !== mine) {
      const days = (instant: number | undefined) => ((instant ?? Number.NaN) - NOW) / 86_400_000;
      return `${tellWorld({ question, facts })}\n${entry.id} ends: goodUntil day(${days(theirs)}), oracle day(${days(mine)})\n`;
    }
  }
  return undefined;
}
