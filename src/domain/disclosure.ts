/**
 * The only way for personal data to leave: `disclose` makes a Disclosed value, views accept nothing else.
 *
 * It demands a basis: a PERMIT that `decide` made for this very entry, or that the reader wrote the entry itself. Only then
 * is the content opened at all.
 */
import { isPermit } from './consent.ts';
import type { AgencyId, EntryMeta, Permit } from './facts.ts';
import { createStamp } from './stamp.ts';

/** The reader is the entry's origin. */
export interface Own {
  readonly outcome: 'OWN';
  readonly reader: AgencyId;
}

/** No such class exists: a protected member cannot be written down elsewhere, and a spread leaves it behind. */
declare class MadeByDisclose {
  protected readonly made: true;
}

/** An entry with its content, for one reader, at one moment. */
export type Disclosed<Payload = unknown> = MadeByDisclose & {
  readonly entry: EntryMeta & { createdAt: number };
  readonly payload: Payload;
};

const disclosedValues = createStamp();

export const own = (reader: AgencyId): Own => ({ outcome: 'OWN', reader });

/**
 * Opens an entry for a reader.
 *
 * @param open gives the content; called only when the basis carries.
 * @throws Error when the basis does not belong to this entry: a fault in the calling code, never an outcome.
 */
export function disclose<Payload>(
  entry: EntryMeta & { createdAt: number },
  basis: Permit | Own,
  open: () => Payload,
): Disclosed<Payload> {
  const carries = basis.outcome === 'OWN' ? basis.reader === entry.origin : isPermit(basis) && basis.entry === entry.id;
  if (!carries) throw new Error('disclose: the basis does not belong to this entry');
  return Object.freeze(disclosedValues.put({ entry, payload: open() })) as unknown as Disclosed<Payload>;
}

/** Whether `disclose` made it. */
export const isDisclosed = (value: unknown): value is Disclosed => disclosedValues.isOn(value);
