/** What recording takes: the lines of a sheet, each complete by itself. A single statement is a sheet with one line. */
import type { Category, Purpose } from '../domain/catalogue.ts';
import type { AgeBand, ConsentForm, StatedBy } from '../domain/facts.ts';
import type { StatedType } from '../domain/sheet.ts';
import type { ReleaseRecord, StatementRecord } from './ports.ts';

interface Said {
  type: StatedType;
  /** The discloser, of a release the origin. In a yes the own agency, which need not be named. */
  giver: string | null;
  /** For a release null. */
  purpose: Purpose | null;
  statedAt: number;
  statedBy: StatedBy;
  ageBand: AgeBand;
  /** Where in the request a field of this line stands, as a JSON pointer. */
  pointerOf(field: string): string;
  /** The proposal that it came from. */
  proposalId?: string;
}

/** What only a yes carries. */
export interface YesPart {
  validFrom: number;
  validUntil: number;
  form: ConsentForm;
  capacityConfirmed: boolean;
  explicitSpecialCategories: boolean;
  language: string;
  textHash: string;
  evidenceRef: string;
  adultFrom: number | null;
}

export type YesLine = Said & YesPart & { decision: 'GIVEN'; recipient: string; categories: Category[] };

/** What a no leaves out is null, and means every one. */
export type NoLine = Said & {
  decision: 'REFUSED' | 'WITHDRAWN';
  recipient: string | null;
  categories: Category[] | null;
};

export type Line = YesLine | NoLine;

export interface Sheet {
  lines: Line[];
  /** The caller has read what its yeses would withhold. */
  confirm: boolean;
  /** Whether the caller sent lines, and has to be told which of them is meant. */
  isForm: boolean;
}

/** What the giver is called. */
export const GIVER = { STATEMENT: 'discloser', RELEASE: 'origin' } as const satisfies Record<StatedType, string>;

type Shown<Stored> = Stored & { evidenceRef: string | null };

/** A line as it was stored, with its proof in clear for who keeps it. */
export type RecordedLine =
  | { type: 'STATEMENT'; stored: Shown<StatementRecord> }
  | { type: 'RELEASE'; stored: Shown<ReleaseRecord> };

export interface RecordedSheet {
  recordedAt: number;
  /** In the order of the lines that were sent. */
  lines: RecordedLine[];
}
