/**
 * Names that the law gives and takes: each with the first and the last day on which it is the one to use, and the paragraph that
 * says so. Plain data. A name that ends stays here, for what was written under it keeps it; a new one is a new row.
 */
import { addMonthsBerlin, dayBerlin, startOfDayBerlin } from './calendar.ts';

export const CODE_LISTS = ['PLAN_NAMES', 'REVIEW_PERIODS', 'BENEFIT_NAMES'] as const;
export type CodeListName = (typeof CODE_LISTS)[number];

/** Kinds of Laufzettel that a plan may belong to; each is also the category of the entries that its parts are made of. */
export const PLAN_KINDS = ['FOERDERPLAN', 'BERUFSWEGEPLANUNG'] as const;
export type PlanKind = (typeof PLAN_KINDS)[number];

export interface DatedCode {
  readonly list: CodeListName;
  readonly code: string;
  /** What a German desk writes. */
  readonly label: string;
  /** First and last day, `YYYY-MM-DD`; null: none is known. */
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  /** The law; null: a name of practice, which no law gives. */
  readonly source: string | null;
  /** Of a plan's name: the kinds of plan that may bear it. */
  readonly kinds: readonly PlanKind[];
  /** Of a review period, whose code is the plan's name: after how many months at the latest. */
  readonly months: number | null;
}

type Row = Pick<DatedCode, 'code' | 'label' | 'validFrom' | 'validUntil' | 'source'>;
const BOTH_KINDS = PLAN_KINDS;

const planName = (kinds: readonly PlanKind[], row: Row): DatedCode => ({
  list: 'PLAN_NAMES',
  ...row,
  kinds,
  months: null,
});
const reviewPeriod = (months: number, row: Row): DatedCode => ({ list: 'REVIEW_PERIODS', ...row, kinds: [], months });
const benefit = (row: Row): DatedCode => ({ list: 'BENEFIT_NAMES', ...row, kinds: [], months: null });

export const DATED_CODES: readonly DatedCode[] = [
  planName(BOTH_KINDS, {
    code: 'EINGLIEDERUNGSVEREINBARUNG',
    label: 'Eingliederungsvereinbarung',
    validFrom: '2005-01-01',
    // What had been agreed on went on until 2023-12-31 (§ 65(4) SGB II); a new one could not be made any more.
    validUntil: '2023-06-30',
    source: '§ 15 SGB II in der bis zum 30.06.2023 geltenden Fassung',
  }),
  planName(BOTH_KINDS, {
    code: 'KOOPERATIONSPLAN',
    label: 'Kooperationsplan',
    validFrom: '2023-07-01',
    validUntil: null,
    source: '§ 15 SGB II',
  }),
  planName(['FOERDERPLAN'], {
    code: 'INTEGRATIONSFOERDERPLAN',
    label: 'Individueller Integrationsförderplan (Jugendmigrationsdienst)',
    // By the principles of the federal programme (Kinder- und Jugendplan), not by an act; since when exactly is not certain.
    validFrom: null,
    validUntil: null,
    source: null,
  }),
  planName(['FOERDERPLAN'], {
    code: 'FOERDERPLAN',
    label: 'Förderplan',
    validFrom: null,
    validUntil: null,
    source: null,
  }),
  planName(['BERUFSWEGEPLANUNG'], {
    code: 'BERUFSWEGEPLAN',
    label: 'Berufswegeplan',
    validFrom: null,
    validUntil: null,
    source: null,
  }),
  reviewPeriod(6, {
    code: 'EINGLIEDERUNGSVEREINBARUNG',
    label: 'spätestens nach sechs Monaten',
    // Before that it was made for six months, which comes to the same; that is another rule and not told here.
    validFrom: '2016-08-01',
    validUntil: '2023-06-30',
    source: '§ 15 Abs. 3 SGB II in der bis zum 30.06.2023 geltenden Fassung',
  }),
  reviewPeriod(6, {
    code: 'KOOPERATIONSPLAN',
    label: 'spätestens nach sechs Monaten',
    validFrom: '2023-07-01',
    validUntil: null,
    source: '§ 15 Abs. 3 SGB II',
  }),
  benefit({
    code: 'ARBEITSLOSENGELD_II',
    label: 'Arbeitslosengeld II',
    validFrom: '2005-01-01',
    validUntil: '2022-12-31',
    source: '§ 19 SGB II in der bis zum 31.12.2022 geltenden Fassung',
  }),
  benefit({
    code: 'SOZIALGELD',
    label: 'Sozialgeld',
    validFrom: '2005-01-01',
    validUntil: '2022-12-31',
    source: '§ 19 SGB II in der bis zum 31.12.2022 geltenden Fassung',
  }),
  benefit({
    code: 'BUERGERGELD',
    label: 'Bürgergeld',
    validFrom: '2023-01-01',
    validUntil: '2026-06-30',
    source: '§ 19 SGB II in der bis zum 30.06.2026 geltenden Fassung',
  }),
  benefit({
    code: 'GRUNDSICHERUNGSGELD',
    label: 'Grundsicherungsgeld',
    // The thirteenth act to change the SGB II, as the Bundestag passed it on 2026-03-05. What was promulgated has to be held against it.
    validFrom: '2026-07-01',
    validUntil: null,
    source: '§ 19 SGB II',
  }),
  benefit({
    code: 'HILFE_ZUM_LEBENSUNTERHALT',
    label: 'Hilfe zum Lebensunterhalt',
    validFrom: '2005-01-01',
    validUntil: null,
    source: '§§ 27 ff. SGB XII',
  }),
  benefit({
    code: 'GRUNDSICHERUNG_IM_ALTER',
    label: 'Grundsicherung im Alter und bei Erwerbsminderung',
    validFrom: '2005-01-01',
    validUntil: null,
    source: '§§ 41 ff. SGB XII',
  }),
  benefit({
    code: 'ASYLBEWERBERLEISTUNGEN',
    label: 'Leistungen nach dem Asylbewerberleistungsgesetz',
    validFrom: '1993-11-01',
    validUntil: null,
    source: '§§ 2, 3 AsylbLG',
  }),
  benefit({
    code: 'KINDERZUSCHLAG',
    label: 'Kinderzuschlag',
    validFrom: '2005-01-01',
    validUntil: null,
    source: '§ 6a BKGG',
  }),
];

/** Both days inclusive. */
export const isInUse = ({ validFrom, validUntil }: Pick<DatedCode, 'validFrom' | 'validUntil'>, on: string): boolean =>
  (validFrom === null || validFrom <= on) && (validUntil === null || on <= validUntil);

/** The rows of a list, or of all; those that are in use on that day, or all that ever were. */
export const codesOf = ({ list, on }: { list?: CodeListName; on?: string }): DatedCode[] =>
  DATED_CODES.filter((one) => (list === undefined || one.list === list) && (on === undefined || isInUse(one, on)));

/** The name that a plan of that kind may be given on that day; null: none of that code. */
export const planNameOn = (code: string, kind: PlanKind, on: string): DatedCode | null =>
  codesOf({ list: 'PLAN_NAMES', on }).find((one) => one.code === code && one.kinds.includes(kind)) ?? null;

/** The last day on which the law wants what is written on that day to be looked at again; null: it names none. */
export function reviewDayOf(planName: string, on: string): string | null {
  const period = codesOf({ list: 'REVIEW_PERIODS', on }).find((one) => one.code === planName);
  return period === undefined ? null : dayBerlin(addMonthsBerlin(startOfDayBerlin(on), period.months!));
}
