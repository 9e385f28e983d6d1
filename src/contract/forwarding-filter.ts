/** What inbox and sent are narrowed by: what a header shows, and nothing else, so that an answer tells nothing else. */
import { z } from 'zod';
import { FORWARDING_STATUSES } from '../domain/laufzettel.ts';
import { changedSince, day, id, pageQuery, purpose, someOf } from './common.ts';
import { kind, urgency } from './laufzettel.ts';

export const forwardingFilter = z.strictObject({
  ...pageQuery.shape,
  status: someOf(FORWARDING_STATUSES),
  kind: kind.optional(),
  partner: id.optional().describe('The agency at the other end'),
  purpose: purpose.optional(),
  urgency: urgency.optional(),
  dueBefore: day.optional().describe('Due earlier than this day'),
  dueAfter: day.optional().describe('Due later than this day'),
  changedSince,
});
export type ForwardingQuery = z.output<typeof forwardingFilter>;
