import { z } from 'zod';
import { REASONS } from '../domain/facts.ts';
import { FORWARDING_STATUSES, REJECT_CODES } from '../domain/laufzettel.ts';
import { closureAnswer, closureAnswered } from './closures.ts';
import { category, day, id, instant, page, purpose } from './common.ts';
import { entryView } from './entries.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { forwardingFilter } from './forwarding-filter.ts';
import { kind, urgency } from './laufzettel.ts';
import { neededView } from './needed.ts';
import type { Operation } from './operation.ts';

const header = {
  id,
  laufzettelId: id,
  from: id,
  to: id,
  clientId: id.describe('Your own handle'),
  kind,
  purpose,
  urgency,
  dueDate: day.nullable(),
  status: z.enum(FORWARDING_STATUSES),
  rejectCode: z.enum(REJECT_CODES).nullable(),
  answers: id.nullable().describe('The forwarding that this one answers'),
  version: z.int().describe('Counts the changes of status; give it as expectedVersion'),
  sentAt: instant,
  changedAt: instant,
};

export const forwardingHeaderView = z.object(header);
export const forwardingView = z.object({
  ...header,
  entries: z.array(entryView).describe('For its recipient: what consent permits at this moment. Empty for the sender'),
  closedEntries: z
    .array(
      z.object({
        entryId: id,
        category,
        closedAt: instant,
        disclosureId: id.describe('Answer it with answerClosure'),
        answer: closureAnswer.nullable().describe('What you answered; null: you still owe it'),
        answeredAt: instant.nullable(),
      }),
    )
    .describe('For its recipient: what it had read and may read no more'),
  disclosed: z
    .array(
      z.object({
        entryId: id,
        category,
        openedAt: instant,
        goodUntil: instant.nullable(),
        closedAt: instant.nullable(),
        ...closureAnswered,
      }),
    )
    .describe('For its sender: what went. Empty for the recipient'),
});
export type ForwardingHeaderView = z.infer<typeof forwardingHeaderView>;

export const forwardBody = z.strictObject({
  recipient: id,
  entryIds: z
    .array(id)
    .min(1)
    .max(200)
    .optional()
    .describe('What to send; left out: every entry on the Laufzettel that you may refer to'),
  strict: z.boolean().default(false).describe('true: all or nothing'),
  requestId: id.optional().describe('The request that it fulfils. A preview does not look at it'),
});

const reason = z.enum(REASONS);
export const withheldView = z.object({
  entryId: id,
  category,
  reasons: z.array(reason).describe('Every reason that applies'),
});
export const previewView = z.object({
  decidedAt: instant,
  refused: z.boolean().describe('true: a forwarding would be refused as a whole, nothing would go'),
  missingCore: z.array(category).describe('Categories without which this kind of Laufzettel is not sent'),
  permitted: z.array(
    z.object({
      entryId: id,
      category,
      goodUntil: instant.nullable().describe('When it will end as far as known; null for what another agency wrote'),
    }),
  ),
  withheld: z.array(withheldView),
  needed: z.array(neededView).describe('What would have to be said or agreed for all of it to go'),
});

export const forwardedView = z.object({
  forwarding: forwardingView,
  withheld: z.array(withheldView).describe('What stayed with you, and why. The recipient learns nothing of it'),
});

const FILTERS =
  'Filters can be combined. With `changedSince` the oldest change comes first: page through, then ask again since a minute before the last `changedAt` that you saw, for a change may show a few seconds after its instant.';

const laufzettelParams = z.object({ laufzettelId: id });
export const forwardingParams = z.object({ forwardingId: id });

export const forwardingOperations = [
  {
    id: 'previewForwarding',
    tag: 'Forwardings',
    summary: 'What would go to that agency, what not, and why',
    description: 'Discloses nothing. Audited, for it answers questions.',
    method: 'POST',
    path: '/v1/laufzettel/{laufzettelId}/preview',
    graphql: { type: 'query', field: 'previewForwarding' },
    scopes: ['laufzettel:write'],
    params: laufzettelParams,
    body: forwardBody,
    status: 200,
    output: previewView,
    problems: ['not-found', 'transition-illegal', 'rule-broken'],
    example: { params: { laufzettelId: EXAMPLE_IDS.laufzettel }, body: { recipient: EXAMPLE_IDS.caritas } },
  },
  {
    id: 'forwardLaufzettel',
    tag: 'Forwardings',
    summary: 'Forward a Laufzettel to another agency',
    description:
      'Sends what the client agreed to and leaves out the rest. Refused as a whole with 403 `consent-missing` when a core category is not permitted, or nothing is, or `strict` and anything is not.',
    method: 'POST',
    path: '/v1/laufzettel/{laufzettelId}/forwardings',
    graphql: { type: 'mutation', field: 'forwardLaufzettel' },
    scopes: ['laufzettel:write'],
    params: laufzettelParams,
    body: forwardBody,
    status: 201,
    output: forwardedView,
    problems: ['not-found', 'consent-missing', 'transition-illegal', 'rule-broken'],
    example: { params: { laufzettelId: EXAMPLE_IDS.laufzettel }, body: { recipient: EXAMPLE_IDS.caritas } },
  },
  {
    id: 'getForwarding',
    tag: 'Forwardings',
    summary: 'Get a forwarding: as its recipient with the entries, as its sender with what went',
    description:
      "Decided again at every read. The recipient's first read turns SENT into DELIVERED. What the client no longer agrees to is gone at once.",
    method: 'GET',
    path: '/v1/forwardings/{forwardingId}',
    graphql: { type: 'query', field: 'forwarding' },
    scopes: ['laufzettel:read'],
    params: forwardingParams,
    status: 200,
    output: forwardingView,
    problems: ['not-found'],
    example: { params: { forwardingId: EXAMPLE_IDS.forwarding } },
  },
  {
    id: 'listInbox',
    tag: 'Forwardings',
    summary: 'Forwardings to you, newest first',
    description: FILTERS,
    method: 'GET',
    path: '/v1/inbox',
    graphql: { type: 'query', field: 'inbox' },
    scopes: ['laufzettel:read'],
    query: forwardingFilter,
    status: 200,
    output: page(forwardingHeaderView),
    problems: [],
    example: { query: { limit: 50, status: ['SENT', 'DELIVERED'], urgency: 'URGENT', dueBefore: '2027-02-01' } },
  },
  {
    id: 'listSent',
    tag: 'Forwardings',
    summary: 'Forwardings by you, newest first',
    description: FILTERS,
    method: 'GET',
    path: '/v1/sent',
    graphql: { type: 'query', field: 'sent' },
    scopes: ['laufzettel:read'],
    query: forwardingFilter,
    status: 200,
    output: page(forwardingHeaderView),
    problems: [],
    example: {},
  },
] as const satisfies readonly Operation[];
