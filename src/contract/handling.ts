/** What the two sides of a forwarding do with it. */
import { z } from 'zod';
import { REJECT_CODES } from '../domain/laufzettel.ts';
import { expectedVersion, id } from './common.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { forwardingHeaderView, forwardingParams, forwardingView, withheldView } from './forwardings.ts';
import type { Operation } from './operation.ts';

/** What the steps have in common that need a version and nothing else. */
const step = {
  changes: 'getForwarding',
  tag: 'Forwardings',
  method: 'POST',
  scopes: ['laufzettel:write'],
  params: forwardingParams,
  status: 200,
  body: z.strictObject({ expectedVersion }),
  output: forwardingHeaderView,
  problems: ['not-found', 'transition-illegal'],
} as const;

const exampleAt = (version: number) => ({
  params: { forwardingId: EXAMPLE_IDS.forwarding },
  body: { expectedVersion: version },
});

export const answeredView = z.object({
  forwarding: forwardingHeaderView.describe('The forwarding that you answered'),
  answer: forwardingView.nullable().describe('The forwarding that carries your answer; null without entries'),
  withheld: z.array(withheldView).describe('What stayed with you, and why. The recipient learns nothing of it'),
});

export const handlingOperations = [
  {
    ...step,
    id: 'acceptForwarding',
    summary: 'Accept a forwarding that you have read',
    description:
      'You will see to it. Lifts the limit after which what nobody has accepted ends: `daysToAccept` of the agreement, 14 days unless agreed otherwise.',
    path: '/v1/forwardings/{forwardingId}/accept',
    graphql: { type: 'mutation', field: 'acceptForwarding' },
    example: exampleAt(2),
  },
  {
    ...step,
    id: 'rejectForwarding',
    summary: 'Reject a forwarding; what it disclosed is closed',
    description:
      'The code says how your agency handles it, and nothing about the person. What you had read you owe an answer for.',
    path: '/v1/forwardings/{forwardingId}/reject',
    graphql: { type: 'mutation', field: 'rejectForwarding' },
    body: z.strictObject({ expectedVersion, code: z.enum(REJECT_CODES) }),
    example: {
      params: { forwardingId: EXAMPLE_IDS.forwarding },
      body: { expectedVersion: 1, code: 'NO_CAPACITY' },
    },
  },
  {
    ...step,
    id: 'progressForwarding',
    summary: 'Work on a forwarding: on one accepted, or on one that was on hold',
    path: '/v1/forwardings/{forwardingId}/progress',
    graphql: { type: 'mutation', field: 'progressForwarding' },
    example: exampleAt(3),
  },
  {
    ...step,
    id: 'holdForwarding',
    summary: 'Put a forwarding on hold that is in progress',
    path: '/v1/forwardings/{forwardingId}/hold',
    graphql: { type: 'mutation', field: 'holdForwarding' },
    example: exampleAt(4),
  },
  {
    ...step,
    id: 'answerForwarding',
    summary: 'Answer a forwarding, with entries or without',
    description:
      'Without entryIds it changes the status alone. With them they go to the sender as a forwarding of its own, with the same check in that direction: the client has to have agreed that you give them to that agency. Both happen, or with 403 `consent-missing` neither. What outcome there is about the person is an entry (RUECKMELDUNG), written before by addEntry.',
    path: '/v1/forwardings/{forwardingId}/answer',
    graphql: { type: 'mutation', field: 'answerForwarding' },
    body: z.strictObject({
      expectedVersion,
      entryIds: z
        .array(id)
        .min(1)
        .max(200)
        .optional()
        .describe('What to send back, as in forwardLaufzettel; left out: nothing, only the status changes'),
    }),
    output: answeredView,
    problems: ['not-found', 'consent-missing', 'transition-illegal', 'rule-broken'],
    example: exampleAt(5),
  },
  {
    ...step,
    id: 'closeForwarding',
    summary: 'Close a forwarding that has been answered, as its sender or its recipient',
    description: 'What it disclosed stays readable as long as the client agrees.',
    path: '/v1/forwardings/{forwardingId}/close',
    graphql: { type: 'mutation', field: 'closeForwarding' },
    example: exampleAt(6),
  },
  {
    ...step,
    id: 'recallForwarding',
    summary: 'Recall a forwarding of yours that nobody has accepted yet; what it disclosed is closed',
    description: 'Who had read it keeps ids and categories, and owes an answer.',
    path: '/v1/forwardings/{forwardingId}/recall',
    graphql: { type: 'mutation', field: 'recallForwarding' },
    example: exampleAt(1),
  },
] as const satisfies readonly Operation[];
