/**
 * Whether a new yes would take away something that the person's consent permits now: a weaker form, an earlier end, a
 * period that does not run. Asked at recording, so that nobody withholds by mistake what the client still agrees to.
 */
import type { Category } from './catalogue.ts';
import { servesUntil } from './consent-rules.ts';
import type { Facts, GivenRelease, GivenStatement, Instant } from './facts.ts';

/** @returns the categories of the new yes for which consent would end earlier than without it, or at once. */
export function weakens(yes: GivenStatement | GivenRelease, before: Facts, after: Facts, at: Instant): Category[] {
  return yes.categories.filter(
    (category) => servesUntil(yes, category, after, at) < servesUntil(yes, category, before, at),
  );
}
