/** From the contract's bodies, where times are texts, to what use cases take, where they are instants. */
import { toInstant } from '../contract/common.ts';
import type { ReleaseInput, StatementInput } from '../contract/consent.ts';
import type { ConsentFormInput } from '../contract/consent-form.ts';
import type { EntryBody } from '../contract/payload.ts';
import type { ProposalInput } from '../contract/proposals.ts';
import { startOfDayBerlin } from '../domain/calendar.ts';
import type { WrittenEntry } from '../usecases/new-entries.ts';
import type { NewProposal } from '../usecases/propose-consent.ts';
import type { Line, Sheet } from '../usecases/sheet.ts';

interface YesBody {
  statedAt: string;
  validFrom: string;
  validUntil: string;
  adultFrom: string | null;
}

const yesTimes = (said: YesBody) => ({
  statedAt: toInstant(said.statedAt),
  validFrom: toInstant(said.validFrom),
  validUntil: toInstant(said.validUntil),
  adultFrom: said.adultFrom === null ? null : startOfDayBerlin(said.adultFrom),
});

/** Where a field stands when the body is the statement itself. */
const pointerOf = (field: string): string => `/${field}`;

/** A single statement is a sheet with one line. */
const oneLine = (line: Line, confirm: boolean): Sheet => ({ lines: [line], confirm, isForm: false });

export function toStatement(said: StatementInput): Sheet {
  if (said.decision !== 'GIVEN') {
    const { discloser: giver, ...no } = said;
    return oneLine({ ...no, type: 'STATEMENT', giver, statedAt: toInstant(said.statedAt), pointerOf }, false);
  }
  const { discloser: giver = null, confirm, ...yes } = said;
  return oneLine({ ...yes, ...yesTimes(yes), type: 'STATEMENT', giver, pointerOf }, confirm);
}

export function toRelease(said: ReleaseInput): Sheet {
  const purpose = null;
  if (said.decision !== 'GIVEN') {
    const { origin: giver, ...no } = said;
    return oneLine({ ...no, type: 'RELEASE', giver, purpose, statedAt: toInstant(said.statedAt), pointerOf }, false);
  }
  const { origin: giver = null, confirm, ...yes } = said;
  return oneLine({ ...yes, ...yesTimes(yes), type: 'RELEASE', giver, purpose, pointerOf }, confirm);
}

/** Each line becomes complete; what it does not say itself stands once for the whole sheet. */
export function toForm({ lines, confirm, ...common }: ConsentFormInput): Sheet {
  return { lines: lines.map((line, index) => lineOf(common, line, index)), confirm, isForm: true };
}

type Common = Omit<ConsentFormInput, 'lines' | 'confirm'>;

function lineOf(common: Common, line: ConsentFormInput['lines'][number], index: number): Line {
  const { statedBy, ageBand } = common;
  const base = {
    type: line.type,
    giver: (line.type === 'STATEMENT' ? line.discloser : line.origin) ?? null,
    purpose: line.type === 'STATEMENT' ? line.purpose : null,
    statedBy,
    ageBand,
    pointerOf: (field: string) =>
      Object.hasOwn(common, field) && !isOwn(line, field) ? `/${field}` : `/lines/${index}/${field}`,
  };
  if (line.decision !== 'GIVEN') {
    const { decision, recipient, categories } = line;
    return { ...base, decision, recipient, categories, statedAt: toInstant(common.statedAt) };
  }
  // The contract has made sure of what a yes needs, on the sheet or in the line.
  const { recipient, categories, validFrom, validUntil, textHash } = line;
  const own = { ...(validFrom && { validFrom }), ...(validUntil && { validUntil }), ...(textHash && { textHash }) };
  const whole = { ...common, ...own } as Required<Common>;
  return { ...whole, ...base, ...yesTimes(whole), decision: 'GIVEN', recipient, categories };
}

const isOwn = (line: object, field: string): boolean => (line as Record<string, unknown>)[field] !== undefined;

export function toNewProposal(proposed: ProposalInput): NewProposal {
  if (proposed.type === 'STATEMENT') {
    const { discloser: giver, ...yes } = proposed;
    return { ...yes, ...yesTimes(yes), giver };
  }
  const { origin: giver, ...yes } = proposed;
  return { ...yes, ...yesTimes(yes), giver, purpose: null };
}

/** What a list is narrowed to: the parameters of its page left out, instants as instants. */
export function toFilter<Query extends { limit: number; cursor?: string; changedSince?: string }>(query: Query) {
  const { limit: _limit, cursor: _cursor, changedSince, ...filter } = query;
  return { ...filter, ...(changedSince === undefined ? {} : { changedSince: toInstant(changedSince) }) };
}

export function toNewEntry({ guardFrom, ...entry }: EntryBody): WrittenEntry {
  // Absent and null differ: null says that no guard holds, absent leaves it to the catalogue.
  const guard = guardFrom === undefined ? {} : { guardFrom: guardFrom === null ? null : toInstant(guardFrom) };
  return { ...entry, ...guard } as WrittenEntry;
}
