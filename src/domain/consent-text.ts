/**
 * What one paper asks a person to sign, and what may be recorded from it. Pure.
 *
 * A paper asks for what is missing and nothing else. A yes that names it by its hash says no more than it: the person agreed to
 * what was printed, in a language that was printed, until the day that was printed.
 */
import { addMonthsBerlin, dayBerlin, startOfDayBerlin } from './calendar.ts';
import { ARTICLE_9_CATEGORIES, CATEGORIES, type Category, PURPOSES, type Purpose } from './catalogue.ts';
import { AGE_BANDS, type AgeBand, type AgencyId, type Instant, type StatedBy } from './facts.ts';
import type { Needed } from './needed.ts';
import type { FieldError } from './problem.ts';
import type { StatedType } from './sheet.ts';

/** Each is a document of its own, with a signature of its own. RELEASE: from professional secrecy (§ 203 StGB). */
export const CONSENT_TEXT_KINDS = ['CONSENT', 'RELEASE'] as const;
export type ConsentTextKind = (typeof CONSENT_TEXT_KINDS)[number];

/** One thing that is asked, with a box for yes and one for no. */
export interface AskedLine {
  recipient: AgencyId;
  /** Of a release null. */
  purpose: Purpose | null;
  /** In the order of the catalogue. */
  categories: readonly Category[];
}

/** As it is asked for: any order, any number of times. */
export type Wanted = AskedLine & { kind: ConsentTextKind };

/** A paper, as far as it says what may be recorded from it. */
export interface ConsentTextScope {
  kind: ConsentTextKind;
  /** Whom it was made for, by the agency's own handle. */
  clientId: string;
  language: string;
  statedBy: StatedBy;
  /** Of the client when it was made. */
  ageBand: AgeBand;
  validUntil: Instant;
  createdAt: Instant;
  lines: readonly AskedLine[];
}

/** Whether who is of that age can speak by this one (R3). */
export function maySpeak(statedBy: StatedBy, ageBand: AgeBand): boolean {
  if (ageBand === 'UNDER_15') return statedBy === 'GUARDIAN';
  if (ageBand === 'FROM_15_TO_17') return statedBy !== 'LEGAL_REPRESENTATIVE';
  return statedBy !== 'GUARDIAN';
}

/** The latest end that a yes can have whose text is made now: it is stated on this day or later. */
export const latestEnd = (at: Instant, months = 12): Instant =>
  addMonthsBerlin(startOfDayBerlin(dayBerlin(at)), months);

/**
 * What this client can be asked for by that speaker, and what of it cannot be put on this paper: what others have to do, what
 * nobody can, what another person has to say, and what this speaker's word would not help.
 */
export function wantedOf(
  needed: readonly Needed[],
  clientId: string,
  statedBy: StatedBy,
): { wanted: Wanted[]; notAsked: Needed[] } {
  const wanted: Wanted[] = [];
  const notAsked: Needed[] = [];
  for (const line of needed) {
    const isAsked =
      (line.type === 'CONSENT' || line.type === 'RELEASE') &&
      line.clientId === clientId &&
      line.statedBy.includes(statedBy);
    if (!isAsked) notAsked.push(line);
    else {
      const { type: kind, recipient, categories } = line;
      wanted.push({ kind, recipient, purpose: line.type === 'CONSENT' ? line.purpose : null, categories });
    }
  }
  return { wanted, notAsked };
}

export const isSpecial = (category: Category): boolean => ARTICLE_9_CATEGORIES.includes(category);

/**
 * The lines of a paper of that kind: each recipient and purpose once, in a fixed order. What Art. 9 GDPR protects has a line of
 * its own, and so boxes of its own: a yes to it has to be express, and a no to it must not cost the rest.
 */
export function linesOf(kind: ConsentTextKind, wanted: readonly Wanted[]): AskedLine[] {
  const parts = wanted
    .filter((line) => line.kind === kind)
    .flatMap((line) => (kind === 'RELEASE' ? [line] : [withOnly(line, false), withOnly(line, true)]))
    .filter(({ categories }) => categories.length > 0);
  const byPlace = Map.groupBy(parts, kind === 'RELEASE' ? ({ recipient }) => recipient : placeOf);
  return [...byPlace.entries()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, [first, ...others]]) => {
      const { recipient, purpose } = first!;
      const named = new Set([first!, ...others].flatMap(({ categories }) => categories));
      return { recipient, purpose, categories: CATEGORIES.filter((category) => named.has(category)) };
    });
}

const withOnly = (line: Wanted, special: boolean): Wanted => ({
  ...line,
  categories: line.categories.filter((category) => isSpecial(category) === special),
});

/** A recipient's lines stand together, for one purpose after the other, what is specially protected last. */
const placeOf = ({ recipient, purpose, categories }: AskedLine): string =>
  [recipient, String(PURPOSES.indexOf(purpose!)).padStart(2, '0'), categories.some(isSpecial)].join(' ');

/** A yes that names a text by its hash. */
export interface NamedYes {
  type: StatedType;
  recipient: AgencyId;
  purpose: Purpose | null;
  categories: readonly Category[];
  statedAt: Instant;
  statedBy: StatedBy;
  ageBand: AgeBand;
  validUntil: Instant;
  language: string;
}

/** What it says beyond the text that it names, by field; empty when the text covers it. */
export function beyondText(text: ConsentTextScope, clientId: string, yes: NamedYes): FieldError[] {
  const errors: FieldError[] = [];
  const beyond = (field: string, detail: string): void => {
    errors.push({ pointer: `/${field}`, detail });
  };
  if (text.clientId !== clientId) {
    // Whoever it was made for, nothing of that text is told.
    return [{ pointer: '/textHash', detail: 'is the hash of a text that you made for another client' }];
  }
  if ((text.kind === 'CONSENT') !== (yes.type === 'STATEMENT')) {
    return [{ pointer: '/textHash', detail: `is the hash of a text of the kind ${text.kind}` }];
  }
  const about = text.lines.filter((line) => line.recipient === yes.recipient);
  const forThat = about.filter((line) => line.purpose === yes.purpose);
  const asked = new Set(forThat.flatMap((line) => line.categories));
  if (about.length === 0) beyond('recipient', 'is none that the text names');
  else if (forThat.length === 0) beyond('purpose', 'is none that the text names for this recipient');
  else if (yes.categories.some((category) => !asked.has(category))) {
    const more = [...new Set(yes.categories)].filter((category) => !asked.has(category));
    beyond('categories', `go beyond what the text asks for: ${more.join(', ')}`);
  }
  if (yes.language !== text.language) beyond('language', `is not that of the text, which is ${text.language}`);
  if (yes.statedBy !== text.statedBy) beyond('statedBy', `is not whom the text is for, which is ${text.statedBy}`);
  // Whoever was 17 when it was made may be 18 now; nobody gets younger, and a youth's paper says more than one for adults.
  if (AGE_BANDS.indexOf(yes.ageBand) < AGE_BANDS.indexOf(text.ageBand)) {
    beyond('ageBand', `is younger than whom the text is about, which is ${text.ageBand}`);
  }
  if (yes.validUntil > text.validUntil) beyond('validUntil', 'must not be later than the text says');
  if (yes.statedAt < startOfDayBerlin(dayBerlin(text.createdAt))) {
    beyond('statedAt', 'lies before the day on which the text was made');
  }
  return errors;
}
