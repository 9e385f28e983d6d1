/** Asking the check, and telling its answers so that people can read them. */
import { isDeepStrictEqual } from 'node:util';
import type { Test } from 'tap';
import { decide } from '../../../src/domain/consent.ts';
import type { Decision, Facts, Permit, Question, Reason } from '../../../src/domain/facts.ts';
import * as build from '../../support/consent-world.ts';
import { facts, NOW, question, type World } from '../../support/consent-world.ts';
import { oracleDecide, type PlainDecision, type PlainEntryDecision } from '../../support/oracle.ts';

/** A world in which a test changes some facts, and perhaps the question. */
export const world = (changedFacts: Partial<Facts>, changedQuestion: Partial<Question> = {}): World => ({
  facts: facts(changedFacts),
  question: question(changedQuestion),
});

/** The same world, some of its facts exchanged. */
export const having = (world: World, changed: Partial<Facts>): World => ({
  ...world,
  facts: { ...world.facts, ...changed },
});

/** The same facts, something else asked. */
export const asking = (world: World, changed: Partial<Question>): World => ({
  ...world,
  question: { ...world.question, ...changed },
});

export type Answer = 'PERMIT' | Reason[];

export const answerIn = (decision: Decision | PlainDecision): Answer | undefined => {
  const first = decision.entries[0] as PlainEntryDecision | undefined;
  return first?.outcome === 'WITHHOLD' ? first.reasons : first?.outcome;
};
/** What the first asked entry is told. */
export const answerTo = ({ question, facts }: World): Answer | undefined => answerIn(decide(question, facts));
export const permits = (asked: World): boolean => answerTo(asked) === 'PERMIT';

/** The ids of the entries that may go. */
export const permitted = ({ question, facts }: World): string[] =>
  decide(question, facts)
    .entries.filter((one) => one.outcome === 'PERMIT')
    .map((one) => one.entry);

export const permitsOf = ({ question, facts }: World): Permit[] =>
  decide(question, facts).entries.filter((one) => one.outcome === 'PERMIT');

export const without = <T extends { id: string }>(list: T[], ids: readonly string[]): T[] =>
  list.filter((one) => !ids.includes(one.id));

/** The facts that the one permit names, and those that the permits of the rows behind it name. */
export function namedBy({ question, facts }: World): Pick<Facts, 'agreements' | 'statements' | 'releases' | 'rows'> {
  const [permit] = permitsOf({ question, facts });
  const { reliedOn } = permit!;
  const own = facts.rows.find((one) => one.id === reliedOn.row);
  const behind =
    own &&
    namedBy({
      facts: { ...facts, rows: without(facts.rows, [own.id]) },
      question: { ...question, discloser: own.from, recipient: own.to },
    });
  const both = <T extends { id: string }>(list: T[], ids: readonly string[], more: T[] = []) => [
    ...list.filter((one) => ids.includes(one.id) && !more.includes(one)),
    ...more,
  ];
  return {
    agreements: both(facts.agreements, reliedOn.agreements, behind?.agreements),
    statements: both(facts.statements, reliedOn.statements, behind?.statements),
    releases: both(facts.releases, reliedOn.releases, behind?.releases),
    rows: both(facts.rows, own ? [own.id] : [], behind?.rows),
  };
}

export type Row = [name: string, asked: World, expected: Answer];

/** One assertion for each row: what `decide` answers, and what the oracle does, about the first asked entry. */
export function table(t: Test, rows: Row[]): void {
  for (const [name, { question, facts }, expected] of rows) {
    const answers = { decide: answerIn(decide(question, facts)), oracle: answerIn(oracleDecide(question, facts)) };
    t.strictSame(answers, { decide: expected, oracle: expected }, name);
  }
}

/** Undefined when both agree; otherwise the world, as the builders would make it, and both answers. */
export function difference({ question, facts }: World): string | undefined {
  const mine = oracleDecide(question, facts);
  const theirs = decide(question, facts);
  return isDeepStrictEqual(theirs, mine)
    ? undefined
    : `${tellWorld({ question, facts })}\ndecide: ${tellDecision(theirs)}\noracle: ${tellDecision(mine)}\n`;
}

/** Worlds, each with what `decide` answers. */
export const tell = (...worlds: World[]): string =>
  worlds.map((one) => `${tellWorld(one)}\n→ ${tellDecision(decide(one.question, one.facts))}`).join('\n\n');

export function tellDecision({ entries, refused, missingCore }: Decision | PlainDecision): string {
  const told = (entries as PlainEntryDecision[]).map((one) =>
    one.outcome === 'PERMIT'
      ? `${one.entry} PERMIT by ${JSON.stringify(one.reliedOn)}`
      : `${one.entry} (${one.category}) WITHHOLD ${one.reasons.join()}`,
  );
  return [...told, refused ? 'refused' : 'may go', `missing core: ${missingCore.join() || 'none'}`].join('; ');
}

// ── A world as calls of the builders: only what differs from their defaults ──

type Fields = Record<string, unknown>;

export function tellWorld({ question, facts }: World): string {
  const listOf = (name: string, one: (fact: never) => string, list: unknown[]) =>
    `${name}: [${list.map((fact) => one(fact as never)).join(', ')}]`;
  return [
    `question: ${tellChange('question', build.question(), { ...question, entries: build.question().entries })}`,
    listOf('entries', (one: Fields) => tellChange('entry', build.entry(), one), question.entries),
    listOf(
      'agencies',
      (one: Fields) => tellChange('agency', build.agency({ id: String(one.id) }), one),
      facts.agencies,
    ),
    listOf('agreements', (one: Fields) => tellChange('agreement', build.agreement(), one), facts.agreements),
    listOf('statements', tellStatement, facts.statements),
    listOf('releases', tellRelease, facts.releases),
    listOf('rows', (one: Fields) => tellChange('row', build.row(), one), facts.rows),
  ].join('\n');
}

const tellStatement = (one: Facts['statements'][number]): string =>
  one.decision === 'GIVEN'
    ? tellChange('given', build.given({ statedAt: one.statedAt, ageBand: one.ageBand, discloser: one.discloser }), one)
    : tellChange('refused', build.refused({ recordedAt: one.recordedAt }), one);

const tellRelease = (one: Facts['releases'][number]): string =>
  one.decision === 'GIVEN'
    ? tellChange('release', build.release({ statedAt: one.statedAt, ageBand: one.ageBand, origin: one.origin }), one)
    : tellChange('withdrawnRelease', build.withdrawnRelease({ recordedAt: one.recordedAt }), one);

/** Fields from which the builders work out others; told even when they have their default. */
const TOLD_ANYWAY = ['id', 'statedAt', 'recordedAt'];

function tellChange(builder: string, usual: object, fact: object): string {
  const names = [...new Set([...Object.keys(usual), ...Object.keys(fact)])];
  const changed = names.filter(
    (name) => TOLD_ANYWAY.includes(name) || !isDeepStrictEqual((usual as Fields)[name], (fact as Fields)[name]),
  );
  return `${builder}({ ${changed
    .filter((name) => name in usual || name in fact)
    .map((name) => `${name}: ${tellValue((fact as Fields)[name])}`)
    .join(', ')} })`;
}

function tellValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(tellValue).join(', ')}]`;
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([name, content]) => `${name}: ${tellValue(content)}`)
      .join(', ')} }`;
  }
  const days = typeof value === 'number' ? (value - NOW) / (24 * 60 * 60 * 1000) : Number.NaN;
  if (days === 0) return 'NOW';
  return Number.isInteger(days) ? `day(${days})` : String(value);
}
