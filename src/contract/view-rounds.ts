/** From what use cases answer about rounds to what goes over the wire. */
import type { Purpose } from '../domain/catalogue.ts';
import type { ForwardingStatus } from '../domain/laufzettel.ts';
import { ROUND_SECTIONS, type RoundSection } from '../domain/round.ts';
import { formatInstant } from './common.ts';

interface RoundLike {
  at: number;
  windowFrom: number;
  publishedAt: number;
  counts: Partial<Record<RoundSection, number>>;
}

interface ItemLike {
  section: RoundSection;
  received: boolean;
  at: number;
  purpose: Purpose;
  status: ForwardingStatus;
}

export const viewRoundHeader = <T extends RoundLike>(round: T) => ({
  ...round,
  at: formatInstant(round.at),
  windowFrom: formatInstant(round.windowFrom),
  publishedAt: formatInstant(round.publishedAt),
  counts: {
    new: round.counts.NEW ?? 0,
    changed: round.counts.CHANGED ?? 0,
    unanswered: round.counts.UNANSWERED ?? 0,
    overdue: round.counts.OVERDUE ?? 0,
    ended: round.counts.ENDED ?? 0,
    consentEnding: round.counts.CONSENT_ENDING ?? 0,
    planReview: round.counts.PLAN_REVIEW ?? 0,
  },
});

const viewItem = <T extends ItemLike>({ section: _section, received, at, ...item }: T) => ({
  ...item,
  direction: received ? 'RECEIVED' : 'SENT',
  at: formatInstant(at),
});

export const viewRound = <T extends RoundLike, I extends ItemLike>({
  round,
  items,
}: {
  round: T;
  items: readonly I[];
}) => ({
  ...viewRoundHeader(round),
  sections: ROUND_SECTIONS.map((section) => ({
    section,
    count: round.counts[section] ?? 0,
    items: items.filter((item) => item.section === section).map(viewItem),
  })),
});
