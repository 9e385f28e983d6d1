import { z } from 'zod';
import { FORWARDING_STATUSES } from '../domain/laufzettel.ts';
import { MOST_ROUND_ITEMS, ROUND_SECTIONS } from '../domain/round.ts';
import { day, id, instant, page, pageQuery, purpose } from './common.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { kind, urgency } from './laufzettel.ts';
import type { Operation } from './operation.ts';

const count = z.int().min(0);

const SECTIONS = [
  'NEW: sent since the round before, whatever became of it',
  'CHANGED: its status has changed since then, and it goes on',
  'UNANSWERED: delivered or accepted and not answered; and what nobody has collected since the round before',
  'OVERDUE: not answered, and its due date or the days that the agreement gives after acceptance are over',
  'ENDED: closed, rejected, recalled, expired or blocked since the round before',
  'CONSENT_ENDING: a live disclosure of what its sender wrote, which ends within 30 days; gone once it has closed, or was renewed',
  'PLAN_REVIEW: a part of a plan of yours and the partner’s that is to be looked at again within 30 days, or was to be; gone once another content was agreed on, or you may not read it any more',
].join('. ');

const header = {
  id,
  agreementId: id,
  agreementTitle: z.string(),
  reader: id.describe('Your agency'),
  readerName: z.string(),
  partner: id.describe('The agency that it is about'),
  partnerName: z.string(),
  at: instant.describe('The moment that the rhythm of the agreement says'),
  windowFrom: instant.describe(
    'Its window begins after this instant and ends at its moment: where the round before ended',
  ),
  publishedAt: instant,
  counts: z
    .object({
      new: count,
      changed: count,
      unanswered: count,
      overdue: count,
      ended: count,
      consentEnding: count,
      planReview: count,
    })
    .describe('How many items each section has'),
};

export const roundHeaderView = z.object(header);

export const roundItemView = z.object({
  forwardingId: id,
  laufzettelId: id,
  disclosureId: id.nullable().describe('Of CONSENT_ENDING alone: what ends'),
  planId: id.nullable().describe('Of PLAN_REVIEW alone: the plan; forwardingId is what brought the part'),
  direction: z.enum(['SENT', 'RECEIVED']).describe('By you, or by the partner'),
  clientId: id.describe('Your own handle'),
  fileReference: z.string().nullable().describe('Your own, of that client'),
  kind,
  purpose,
  urgency,
  dueDate: day.nullable(),
  status: z.enum(FORWARDING_STATUSES).describe('When the round was published'),
  at: instant.describe(
    'Of NEW when it was sent, CHANGED when its status last changed, UNANSWERED since when it waits, OVERDUE since when it is, ENDED when it did, CONSENT_ENDING until when it may be read, PLAN_REVIEW when the day of its review begins',
  ),
});

export const roundView = z.object({
  ...header,
  sections: z
    .array(
      z.object({
        section: z.enum(ROUND_SECTIONS).describe(`${SECTIONS}.`),
        count,
        items: z.array(roundItemView).describe(`At most ${MOST_ROUND_ITEMS}, the oldest first`),
      }),
    )
    .describe('All seven, in this order'),
});
export type RoundView = z.infer<typeof roundView>;

export const roundFilter = z.strictObject({
  ...pageQuery.shape,
  agreementId: id.optional(),
  partner: id.optional().describe('The agency that they are about'),
});
export type RoundQuery = z.output<typeof roundFilter>;

export const roundOperations = [
  {
    id: 'listRounds',
    tag: 'Rounds',
    summary: 'The rounds that were published for you, newest first',
    description:
      'When the rhythm of an agreement (`turnus`) says so, each of its parties gets a round about each other one. They are kept for two years.',
    method: 'GET',
    path: '/v1/rounds',
    graphql: { type: 'query', field: 'rounds' },
    scopes: ['laufzettel:read'],
    query: roundFilter,
    status: 200,
    output: page(roundHeaderView),
    problems: [],
    example: { query: { limit: 20 } },
  },
  {
    id: 'getRound',
    tag: 'Rounds',
    summary: 'Get a round: what is new, unanswered, overdue and ending between you and a partner',
    description:
      'Ids, codes and instants; fetch what you want to know, and you are checked as ever. Over REST also as `text/csv` and as `text/html`, one page to print in German, by `Accept`.',
    method: 'GET',
    path: '/v1/rounds/{roundId}',
    graphql: { type: 'query', field: 'round' },
    scopes: ['laufzettel:read'],
    params: z.object({ roundId: id }),
    status: 200,
    output: roundView,
    problems: ['not-found'],
    example: { params: { roundId: EXAMPLE_IDS.round } },
  },
] as const satisfies readonly Operation[];
