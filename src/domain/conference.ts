/**
 * A case conference (Fallbesprechung): two agencies talk about what both of them may know. Its life as a table, when it may be
 * planned, and what may be discussed. Nobody's consent is asked anew for it: what may be discussed is what one of the two has
 * disclosed to the other for this very purpose, as long as that disclosure lives.
 */
import { addDaysBerlin, dayBerlin, hourOfDayBerlin } from './calendar.ts';
import { type Category, CORE_CATEGORIES, type Purpose } from './catalogue.ts';
import { decide } from './consent.ts';
import { inForceBetween } from './consent-rules.ts';
import type { AgencyId, DisclosureRowFact, EntryMeta, Facts, Instant, PersonId } from './facts.ts';
import type { Land } from './laender.ts';
import type { FieldError } from './problem.ts';
import { addDays, type HolidaysOf, workingDayUntil } from './working-days.ts';

export const CONFERENCE_PURPOSE: Purpose = 'FALLBESPRECHUNG';
/** What both have to be able to read of a Laufzettel before they discuss it. */
export const CONFERENCE_CORE: readonly Category[] = CORE_CATEGORIES.FALLBESPRECHUNG;

export const CONFERENCE_STATUSES = ['PLANNED', 'BEGUN', 'ENDED', 'CANCELLED'] as const;
export type ConferenceStatus = (typeof CONFERENCE_STATUSES)[number];

/** The partner's, to the invitation; null: none yet. */
export const CONFERENCE_ANSWERS = ['ACCEPTED', 'DECLINED'] as const;
export type ConferenceAnswer = (typeof CONFERENCE_ANSWERS)[number];

/** Codes: a free text would soon name somebody. */
export const CONFERENCE_PLACES = ['OFFICE_CONVENER', 'OFFICE_PARTNER', 'ONLINE', 'PHONE'] as const;
export type ConferencePlace = (typeof CONFERENCE_PLACES)[number];

/** LAPSE: by the exchange, when time, a termination or a suspension leaves nothing to be discussed. */
export const CONFERENCE_ACTIONS = ['ACCEPT', 'DECLINE', 'MOVE', 'CANCEL', 'BEGIN', 'END', 'LAPSE'] as const;
export type ConferenceAction = (typeof CONFERENCE_ACTIONS)[number];

export const CONFERENCE_ROLES = ['CONVENER', 'PARTNER', 'EXCHANGE'] as const;
export type ConferenceRole = (typeof CONFERENCE_ROLES)[number];

/** Where a conference stands. */
export interface ConferenceState {
  status: ConferenceStatus;
  answer: ConferenceAnswer | null;
}

interface ConferenceTransition {
  action: ConferenceAction;
  by: readonly ConferenceRole[];
  from: ConferenceStatus;
  /** Only with one of these answers; left out: whatever was answered. */
  answered?: readonly (ConferenceAnswer | null)[];
  to: ConferenceStatus;
  /** What the answer becomes; left out: it stays. */
  answer?: ConferenceAnswer | null;
}

/** A meeting that is moved is another one, so the partner is asked again. Nobody begins alone. */
export const CONFERENCE_TRANSITIONS: readonly ConferenceTransition[] = [
  {
    action: 'ACCEPT',
    by: ['PARTNER'],
    from: 'PLANNED',
    answered: [null, 'DECLINED'],
    to: 'PLANNED',
    answer: 'ACCEPTED',
  },
  {
    action: 'DECLINE',
    by: ['PARTNER'],
    from: 'PLANNED',
    answered: [null, 'ACCEPTED'],
    to: 'PLANNED',
    answer: 'DECLINED',
  },
  { action: 'MOVE', by: ['CONVENER'], from: 'PLANNED', to: 'PLANNED', answer: null },
  { action: 'CANCEL', by: ['CONVENER', 'PARTNER'], from: 'PLANNED', to: 'CANCELLED' },
  { action: 'BEGIN', by: ['CONVENER', 'PARTNER'], from: 'PLANNED', answered: ['ACCEPTED'], to: 'BEGUN' },
  { action: 'END', by: ['CONVENER', 'PARTNER'], from: 'BEGUN', to: 'ENDED' },
  { action: 'LAPSE', by: ['EXCHANGE'], from: 'PLANNED', to: 'CANCELLED' },
  { action: 'LAPSE', by: ['EXCHANGE'], from: 'BEGUN', to: 'ENDED' },
];

const fits = (one: ConferenceTransition, { status, answer }: ConferenceState, role: ConferenceRole): boolean =>
  one.from === status && one.by.includes(role) && (one.answered === undefined || one.answered.includes(answer));

/** Where it stands after the action, or null when that role may not take that step from there. */
export function conferenceTransition(
  state: ConferenceState,
  action: ConferenceAction,
  role: ConferenceRole,
): ConferenceState | null {
  const step = CONFERENCE_TRANSITIONS.find((one) => one.action === action && fits(one, state, role));
  return step === undefined
    ? null
    : { status: step.to, answer: step.answer === undefined ? state.answer : step.answer };
}

/** What that role may do from there; for the answer to an illegal step. */
export const allowedConferenceActions = (state: ConferenceState, role: ConferenceRole): ConferenceAction[] =>
  CONFERENCE_TRANSITIONS.filter((one) => fits(one, state, role)).map((one) => one.action);

// ------------------------------------------------------------------------------------------------------------- planning

/** Between two agencies at a time, planned or begun. */
export const MOST_OPEN_CONFERENCES = 50;
export const MOST_AGENDA_ITEMS = 50;
/** Of each Laufzettel on the agenda, by each side: what the other one wrote and kept must not be counted. */
export const MOST_MINUTES = 20;
export const MOST_TASKS = 20;
/** Days in Europe/Berlin after its end on which minutes and tasks of it are still written. */
export const DAYS_FOR_MINUTES = 14;

const MOST_DAYS_AHEAD = 366;
const MOST_HOURS = 12;
const HOUR_MS = 3_600_000;

export interface PlannedTime {
  beginsAt: Instant;
  endsAt: Instant | null;
}

/** Why it may not be planned for then; null when it may. */
export function faultOfTime({ beginsAt, endsAt }: PlannedTime, now: Instant): FieldError | null {
  if (beginsAt <= now) return { pointer: '/beginsAt', detail: 'must lie ahead' };
  if (addDaysBerlin(now, MOST_DAYS_AHEAD) < beginsAt) {
    return { pointer: '/beginsAt', detail: 'must lie within a year' };
  }
  if (endsAt !== null && endsAt <= beginsAt) return { pointer: '/endsAt', detail: 'must be later than beginsAt' };
  if (endsAt !== null && beginsAt + MOST_HOURS * HOUR_MS < endsAt) {
    return { pointer: '/endsAt', detail: 'must lie within 12 hours of beginsAt' };
  }
  return null;
}

/** Whether the two may hold a conference at that instant, as far as is known: an agreement for it, and neither suspended. */
export function mayConfer(
  one: AgencyId,
  other: AgencyId,
  at: Instant,
  facts: Pick<Facts, 'agencies' | 'agreements'>,
): boolean {
  const isSuspended = (id: AgencyId): boolean =>
    facts.agencies.some((agency) => agency.id === id && agency.suspendedAt !== null && agency.suspendedAt <= at);
  if (isSuspended(one) || isSuspended(other)) return false;
  return inForceBetween(one, { at, recipient: other, purpose: CONFERENCE_PURPOSE }, facts).length > 0;
}

const HOUR_OF_REMINDING = 8;

/** When a side is reminded: 08:00 of its last working day before; null where that is over. */
export function remindConferenceAt(
  beginsAt: Instant,
  now: Instant,
  land: Land | null,
  holidaysOf: HolidaysOf,
): Instant | null {
  const dayBefore = workingDayUntil(addDays(dayBerlin(beginsAt), -1), land, holidaysOf);
  const moment = hourOfDayBerlin(dayBefore, HOUR_OF_REMINDING);
  return now < moment ? moment : null;
}

/** Whether minutes and tasks may be written: while it goes on, and for some days after. */
export const takesMinutes = (
  { status, endedAt }: { status: ConferenceStatus; endedAt: Instant | null },
  now: Instant,
): boolean => status === 'BEGUN' || (endedAt !== null && now < addDaysBerlin(endedAt, DAYS_FOR_MINUTES));

// ----------------------------------------------------------------------------------------------------- what is discussed

/** A disclosure between the two, with what the check asks of it. */
export interface HeldRow {
  row: DisclosureRowFact;
  entry: EntryMeta;
  person: PersonId;
  kind: string;
}

/** Whether it may be read at that instant: it is open, and `decide` permits it then. */
export function isHeld({ row, entry, person, kind }: HeldRow, facts: Facts, at: Instant): boolean {
  if (row.closed !== null || row.goodUntil <= at) return false;
  const { from: discloser, to: recipient, purpose } = row;
  const question = { person, discloser, recipient, purpose, at, kind, strict: false, entries: [entry] };
  return decide(question, facts).entries.some((one) => one.outcome === 'PERMIT');
}

/**
 * Whether two agencies may discuss a Laufzettel at that instant: of each core category one of them has disclosed an entry to the
 * other for a conference, and that may be read. It is not enough that each reads something of its own: talking about it
 * would then be the disclosure that nobody permitted. A document counts for what it is filed under, as at forwarding.
 *
 * @param rows disclosures by forwardings of the Laufzettel from one of the two to the other.
 */
export function mayDiscuss(rows: readonly HeldRow[], facts: Facts, at: Instant): boolean {
  return CONFERENCE_CORE.every((core) =>
    rows.some(
      (held) =>
        held.row.purpose === CONFERENCE_PURPOSE &&
        (held.entry.category === core || (held.entry.filedUnder?.includes(core) ?? false)) &&
        isHeld(held, facts, at),
    ),
  );
}
