/**
 * Wall 1 alone: an exchange of a dozen lines that keeps everything in plain text, in one list, and hands out raw objects. It has
 * no types of its own, no database, no roles and no keys: nothing but `decide` stands between an agency and what it asks for.
 * In random worlds everybody asks for everything at every moment, and gets what the oracle says (docs/consent.md once more, in
 * the plainest way) and nothing else.
 */
import fc from 'fast-check';
import { PURPOSES } from '../../../src/domain/catalogue.ts';
import { decide } from '../../../src/domain/consent.ts';
import type { EntryMeta, Facts, Instant, Question } from '../../../src/domain/facts.ts';
import { anyEntry, anyFacts } from '../../domain/consent/any-world.ts';
import { holds } from '../../domain/consent/holds.ts';
import { AGENCIES, day, question, stopEverything } from '../../support/consent-world.ts';
import { oracleDecide } from '../../support/oracle.ts';
import { t } from '../../support/t.ts';

const NAMES = AGENCIES.map(({ id }) => id);
const MOMENTS: Instant[] = [day(-60), day(-2), day(-1), day(0), day(0) + 1, day(1), day(2), day(4)];
const SAID = ['BERATUNG', PURPOSES.find((one) => one !== 'BERATUNG')!] as const;

interface Case {
  entries: EntryMeta[];
  facts: Facts;
}
const anyCase: fc.Arbitrary<Case> = fc.record({
  entries: fc.uniqueArray(anyEntry, { selector: (one) => one.id, minLength: 1, maxLength: 3 }),
  facts: anyFacts,
});

/** Everything that anybody may ask: each pair of agencies, about each person, for two purposes, at each moment. */
function* everythingAsked(entries: EntryMeta[]): Generator<Question> {
  for (const discloser of NAMES) {
    for (const recipient of NAMES.filter((one) => one !== discloser)) {
      for (const person of ['anna', 'ben']) {
        for (const purpose of SAID) {
          for (const at of MOMENTS) yield question({ discloser, recipient, person, purpose, at, entries });
        }
      }
    }
  }
}

const contentOf = ({ id }: EntryMeta): string => `content of ${id}`;

/** The whole exchange. */
function handOut(asked: Question, { entries, facts }: Case): string[] {
  const { entries: decided } = decide(asked, facts);
  return entries.filter(({ id }) => decided.some((one) => one.entry === id && one.outcome === 'PERMIT')).map(contentOf);
}

function allowed(asked: Question, { entries, facts }: Case): string[] {
  const { entries: decided } = oracleDecide(asked, facts);
  return entries.filter(({ id }) => decided.some((one) => one.entry === id && one.outcome === 'PERMIT')).map(contentOf);
}

let received = 0;
let kept = 0;

t.test('in any world everybody gets what is allowed, of everything, at every moment', (t) => {
  holds(
    t,
    anyCase,
    (one) => {
      for (const asked of everythingAsked(one.entries)) {
        const got = handOut(asked, one);
        const right = allowed(asked, one);
        received += got.length;
        kept += one.entries.length - got.length;
        if (got.join() !== right.join()) return `${JSON.stringify(asked)}: got ${got}, allowed is ${right}`;
      }
      return undefined;
    },
    60,
  );
  t.ok(received > 100 && kept > 5_000, `${received} contents were handed out, ${kept} kept back`);
  t.end();
});

t.test('who has said “stop everything” is told about to nobody from that moment on, whatever was said before', (t) => {
  holds(
    t,
    anyCase,
    ({ entries, facts }) => {
      const stops = ['anna', 'ben'].map((person) =>
        stopEverything({ id: `stop-${person}`, person, statedAt: day(0), recordedAt: day(0) }),
      );
      // Nothing is said afterwards, so nothing lifts it.
      const before = facts.statements.filter(({ statedAt, recordedAt }) => statedAt <= day(0) && recordedAt <= day(0));
      const stopped = { ...facts, statements: [...before, ...stops] };
      for (const asked of everythingAsked(entries)) {
        if (asked.at < day(0)) continue;
        const got = handOut(asked, { entries, facts: stopped });
        if (got.length > 0) return `${JSON.stringify(asked)}: got ${got}`;
      }
      return undefined;
    },
    60,
  );
  t.end();
});

t.test('without statements, or without agreements, nobody gets anything', (t) => {
  holds(
    t,
    anyCase,
    ({ entries, facts }) => {
      for (const missing of [{ statements: [] }, { agreements: [] }, { agencies: [], agreements: [] }]) {
        for (const asked of everythingAsked(entries)) {
          const got = handOut(asked, { entries, facts: { ...facts, ...missing } });
          if (got.length > 0) return `${Object.keys(missing)} missing, ${JSON.stringify(asked)}: got ${got}`;
        }
      }
      return undefined;
    },
    30,
  );
  t.end();
});
