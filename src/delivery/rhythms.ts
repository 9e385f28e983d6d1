/**
 * When recurrence rules come, by the library rrule-temporal: in Europe/Berlin, whatever the machine's zone. The rule begins on
 * the day of its agreement's first instant, at the hour that it says.
 *
 * As RFC 5545 section 3.3.10 has it, a time that a wall clock never shows, in the night in spring, is no moment and is not
 * counted; one that it shows twice, in autumn, is its first. A day that a month does not have is none either.
 */
import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import type { Instant } from '../domain/facts.ts';
import { inFull, type RecurrenceRule, readRule } from '../domain/recurrence-rule.ts';
import type { Rhythms } from '../usecases/ports.ts';

const ZONE = 'Europe/Berlin';
/** By when a rule has to come for the first time. 29 February comes every eighth year at worst. */
const FIRST_WITHIN_YEARS = 10;
/** How far ahead the next moment is looked for: a Monday that is a 29 February has come within 40 years. */
const NEXT_WITHIN_YEARS = 40;
/** What a rule may cost that is counted from its beginning: each of a thousand 29 Februaries. */
const MOST_STEPS = 5000;

export const rhythms: Rhythms = {
  first({ turnus, from }) {
    const rule = ruleOf(turnus);
    if (rule === null) return null;
    const bounded = occurrencesOf(rule, from, yearsLater(from, FIRST_WITHIN_YEARS));
    return withinReach(() => {
      // A rule that ends by a count is counted once, to know that it can be.
      if (rule.parts.has('COUNT')) bounded.all();
      return epochOf(bounded.next(new Date(from), true));
    });
  },
  since({ turnus, from }, after, until) {
    const rule = ruleOf(turnus);
    if (rule === null) return { last: null, next: null };
    const nextAfter = (at: Instant): Instant | null =>
      withinReach(() =>
        epochOf(occurrencesOf(rule, from, yearsLater(at, NEXT_WITHIN_YEARS)).next(new Date(at), false)),
      );
    // Nothing that the agreement does not cover.
    const next = nextAfter(Math.max(after, from - 1));
    if (next === null || next > until) return { last: null, next };
    const last = withinReach(() => epochOf(occurrencesOf(rule, from, until).previous(new Date(until), true))) ?? next;
    return { last, next: nextAfter(last) };
  },
};

/** null: drafted before rules were checked, and none. */
function ruleOf(turnus: string): RecurrenceRule | null {
  const read = readRule(turnus);
  return 'detail' in read ? null : read.rule;
}

/** @param until looked at no further; a rule that says itself when it ends, or how often it comes, needs no such limit */
function occurrencesOf(rule: RecurrenceRule, from: Instant, until: Instant): RRuleTemporal {
  const day = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(ZONE).toPlainDate();
  const start = { year: day.year, month: day.month, day: day.day, weekday: day.dayOfWeek };
  const counted = rule.parts.has('COUNT');
  return new RRuleTemporal({
    rruleString: inFull(rule, start),
    dtstart: day.toZonedDateTime({ timeZone: ZONE, plainTime: { hour: rule.hour, minute: rule.minute } }),
    ...(counted ? { maxIterations: MOST_STEPS } : {}),
    ...(counted || rule.parts.has('UNTIL') ? {} : { until: zoned(until) }),
  });
}

const zoned = (at: Instant) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(ZONE);
const yearsLater = (at: Instant, years: number): Instant => zoned(at).add({ years }).epochMilliseconds;
const epochOf = (found: { epochMilliseconds: number } | null): Instant | null => found?.epochMilliseconds ?? null;

/** The library gives up with an exception on a rule that it finds nothing for. */
function withinReach(find: () => Instant | null): Instant | null {
  try {
    return find();
  } catch {
    return null;
  }
}
