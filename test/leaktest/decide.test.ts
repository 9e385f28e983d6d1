/** The oracle of the canary run and `decide` were written apart; in random worlds they say the same. */
import fc from 'fast-check';
import { decide } from '../../src/domain/consent.ts';
import type { DisclosureRowFact, EntryMeta, Facts, Question } from '../../src/domain/facts.ts';
import { anyWorld } from '../domain/consent/any-world.ts';
import { t } from '../support/t.ts';
import { type Entry, type Handle, type Known, type Row, reasonsAgainst, type Word } from './decide.ts';

const NAMES = new Map<string, number>();
const numbered = (name: string): number => {
  if (!NAMES.has(name)) NAMES.set(name, NAMES.size);
  return NAMES.get(name)!;
};
const handleOf = (person: string): Handle => ({ agency: 0, person: numbered(person), erased: false });

function entryOf(entry: EntryMeta): Entry {
  const { id, category, secrecy, guardFrom, filedUnder } = entry;
  const concerns = entry.concerns.map(handleOf);
  return {
    name: id,
    category,
    origin: numbered(entry.origin),
    concerns,
    secrecy,
    guardFrom,
    filedUnder,
    replaced: false,
  };
}

/** The same facts as the oracle keeps them: what lies ahead is not known to it yet. */
function knownOf(
  { agencies, agreements, statements, releases, rows }: Facts,
  at: number,
  entries: Map<string, Entry>,
  person: string,
): Known {
  const word = (one: Facts['statements'][number] | Facts['releases'][number]): Word => {
    const { recipient, categories, person: whose, ...rest } = one;
    const from = 'discloser' in one ? one.discloser : one.origin;
    const names = { from: from === null ? null : numbered(from), to: recipient === null ? null : numbered(recipient) };
    const purpose = 'purpose' in one ? one.purpose : null;
    return { ...rest, ...names, purpose, categories, about: handleOf(whose) } as unknown as Word;
  };
  const row = (one: DisclosureRowFact): Row => ({
    entry: entries.get(one.entry) ?? ({} as Entry),
    about: handleOf(person),
    from: numbered(one.from),
    to: numbered(one.to),
    purpose: one.purpose,
    forwarding: '',
    // What is good until then behaves like what has to be accepted by then.
    acceptBy: one.goodUntil,
    closed: one.closed !== null,
    fetched: 'no',
  });
  return {
    agencies: agencies.map((one) => ({
      number: numbered(one.id),
      publicBody: one.publicBody,
      suspended: one.suspendedAt !== null && one.suspendedAt <= at,
    })),
    agreements: agreements.map((one) => ({
      ...one,
      parties: one.parties.map((party) => ({
        agency: numbered(party.agency),
        signedAt: party.signedAt,
        leftAt: party.leftAt,
      })),
    })),
    statements: statements.filter((one) => one.recordedAt <= at).map(word),
    releases: releases.filter((one) => one.recordedAt <= at).map(word),
    rows: rows.filter((one) => one.opened <= at && entries.has(one.entry)).map(row),
  };
}

function difference({ question, facts }: { question: Question; facts: Facts }): string | undefined {
  const decided = decide(question, facts);
  // The exchange stores nothing that cannot be read; the oracle knows no such thing.
  if (decided.entries.some((one) => one.outcome === 'WITHHOLD' && one.reasons.includes('UNREADABLE'))) return undefined;
  const entries = new Map(question.entries.map((entry) => [entry.id, entryOf(entry)]));
  const known = knownOf(facts, question.at, entries, question.person);
  const hop = {
    person: numbered(question.person),
    from: numbered(question.discloser),
    to: numbered(question.recipient),
    purpose: question.purpose,
  };
  for (const one of decided.entries) {
    const theirs = one.outcome === 'PERMIT' ? [] : one.reasons;
    const ours = reasonsAgainst(entries.get(one.entry)!, hop, question.at, known);
    if (ours.join() !== theirs.join()) return `${one.entry}: decide says ${theirs}, the oracle ${ours}`;
  }
  return undefined;
}

t.test('in random worlds the oracle gives the reasons that decide gives', async (t) => {
  let compared = 0;
  let permitted = 0;
  fc.assert(
    fc.property(anyWorld, (world) => {
      const told = difference(world);
      if (told !== undefined) throw new Error(told);
      compared += 1;
      if (decide(world.question, world.facts).entries.some((one) => one.outcome === 'PERMIT')) permitted += 1;
    }),
    { numRuns: 4000 },
  );
  t.ok(compared >= 4000);
  t.ok(permitted > 400, `${permitted} of them permit something`);
});
