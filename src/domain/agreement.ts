/**
 * A cooperation agreement and its versions: what its terms are, how it stands at an instant, and what an amendment of it has
 * to respect. A version is in force from the instant at which everybody has signed it who had signed the agreement and not left.
 */
import { CATEGORIES, type Category, PURPOSES, type Purpose } from './catalogue.ts';
import type { AgencyId, Instant } from './facts.ts';

/** All that parties sign. Days are calendar days in Europe/Berlin. */
export interface AgreementVersionTerms {
  title: string;
  parties: AgencyId[];
  purposes: Purpose[];
  categories: Category[];
  from: Instant;
  /** First instant at which it no longer holds; null: open. */
  until: Instant | null;
  /** A recurrence rule (RFC 5545 section 3.3.10), read in Europe/Berlin; null: no regular round. */
  turnus: string | null;
  daysToRemind: number;
  daysToAccept: number;
  daysToAnswer: number;
  daysToAcknowledge: number;
}

export const AGREEMENT_STATUSES = ['DRAFT', 'PENDING', 'IN_FORCE', 'ENDED'] as const;
export type AgreementStatus = (typeof AGREEMENT_STATUSES)[number];

export const VERSION_STATUSES = ['DRAFT', 'OPEN', 'IN_FORCE', 'SUPERSEDED', 'WITHDRAWN'] as const;
export type VersionStatus = (typeof VERSION_STATUSES)[number];

interface Standing {
  parties: readonly { signedAt: Instant | null; leftAt: Instant | null }[];
  from: Instant;
  until: Instant | null;
  terminatedAt: Instant | null;
}

/** Fewer do not exchange anything. */
const FEWEST_PARTIES = 2;

/**
 * DRAFT: fewer than two have signed, so that it permits nothing. PENDING: they have, and it has not begun. ENDED: terminated, over, or
 * fewer than two of those who signed are left. It says nothing about one pair: for that both have to have signed.
 */
export function agreementStatus({ parties, from, until, terminatedAt }: Standing, at: Instant): AgreementStatus {
  if (terminatedAt !== null && terminatedAt <= at) return 'ENDED';
  if (until !== null && until <= at) return 'ENDED';
  const signed = parties.filter((party) => party.signedAt !== null && party.signedAt <= at);
  const present = signed.filter((party) => party.leftAt === null || at < party.leftAt);
  if (present.length >= FEWEST_PARTIES) return from <= at ? 'IN_FORCE' : 'PENDING';
  return signed.length > present.length ? 'ENDED' : 'DRAFT';
}

/** @param current the number of the version that the agreement's terms are those of. */
export function versionStatus(
  version: { number: number; inForceAt: Instant | null; withdrawnAt: Instant | null },
  current: number,
): VersionStatus {
  if (version.withdrawnAt !== null) return 'WITHDRAWN';
  if (version.number < current) return 'SUPERSEDED';
  if (version.number > current) return 'OPEN';
  return version.inForceAt === null ? 'DRAFT' : 'IN_FORCE';
}

/** The same terms, written in one way: nothing twice, and everything in one order. */
export function inOrder(terms: AgreementVersionTerms): AgreementVersionTerms {
  const { title, parties, purposes, categories, from, until, turnus } = terms;
  const { daysToRemind, daysToAccept, daysToAnswer, daysToAcknowledge } = terms;
  return {
    title,
    parties: [...new Set(parties)].sort(),
    purposes: PURPOSES.filter((one) => purposes.includes(one)),
    categories: CATEGORIES.filter((one) => categories.includes(one)),
    from,
    until,
    turnus,
    daysToRemind,
    daysToAccept,
    daysToAnswer,
    daysToAcknowledge,
  };
}

export const isSameTerms = (one: AgreementVersionTerms, other: AgreementVersionTerms): boolean =>
  JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));

/** A member of the terms and what is wrong with it. */
export interface TermsFault {
  pointer: `/${keyof AgreementVersionTerms}` | '';
  detail: string;
}

/** What is wrong with terms by themselves; null: nothing. What a rhythm gives, delivery/rhythms.ts knows. */
export function termsFault({ parties, from, until }: AgreementVersionTerms): TermsFault | null {
  if (new Set(parties).size < FEWEST_PARTIES) return { pointer: '/parties', detail: 'at least two different agencies' };
  if (until !== null && until <= from) return { pointer: '/until', detail: 'must be later than from' };
  return null;
}

/**
 * What is wrong with terms as an amendment of present ones; null: nothing. `from` is the present one's: what was disclosed stands on it.
 *
 * @param staying those who are named now and have not left.
 */
export function amendmentFault(
  terms: AgreementVersionTerms,
  present: AgreementVersionTerms,
  staying: readonly AgencyId[],
): TermsFault | null {
  const fault = termsFault(terms);
  if (fault !== null) return fault;
  if (!staying.every((party) => terms.parties.includes(party))) {
    return { pointer: '/parties', detail: 'must name everybody who is named now and has not left' };
  }
  // Who has left is named no more, unless it comes back by this.
  if (isSameTerms(terms, { ...present, parties: [...staying] })) {
    return { pointer: '', detail: 'changes nothing' };
  }
  return null;
}
