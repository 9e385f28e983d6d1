/** From the contract's bodies, where times are texts, to what use cases take, where they are instants. */
import { toInstant } from '../contract/common.ts';
import type { ReleaseInput, StatementInput } from '../contract/consent.ts';
import type { EntryBody } from '../contract/payload.ts';
import { startOfDayBerlin } from '../domain/calendar.ts';
import type { WrittenEntry } from '../usecases/new-entries.ts';
import type { NewRelease, NewStatement } from '../usecases/record-consent.ts';

const yesTimes = (said: { validFrom: string; validUntil: string; adultFrom: string | null }) => ({
  validFrom: toInstant(said.validFrom),
  validUntil: toInstant(said.validUntil),
  adultFrom: said.adultFrom === null ? null : startOfDayBerlin(said.adultFrom),
});

export function toNewStatement(said: StatementInput): NewStatement {
  const statedAt = toInstant(said.statedAt);
  return said.decision === 'GIVEN' ? { ...said, ...yesTimes(said), statedAt } : { ...said, statedAt };
}

export function toNewRelease(said: ReleaseInput): NewRelease {
  const statedAt = toInstant(said.statedAt);
  return said.decision === 'GIVEN' ? { ...said, ...yesTimes(said), statedAt } : { ...said, statedAt };
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
