import { z } from 'zod';
import { clientParams } from './clients.ts';
import { closureAnswered, closureAnswers } from './closures.ts';
import { category, day, id, instant, page, pageQuery, purpose } from './common.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';

const { unacknowledgedSince } = closureAnswered;
const yourForwarding = id.nullable().describe('null when another agency sent it');

const unacknowledgedView = z.object({
  disclosureId: id,
  forwardingId: yourForwarding,
  entryId: id,
  category,
  clientId: id.describe('Your own handle'),
  recipient: id,
  closedAt: instant,
  unacknowledgedSince: instant,
});

const unacknowledgedRecipientView = z.object({
  agencyId: id.describe('The agency that owes answers'),
  since: day.describe('The day since when the oldest of them is overdue'),
  disclosures: z
    .int()
    .nullable()
    .describe('For how many disclosures, rounded down to fives; null where they are about fewer than 5 persons'),
});

export const closureView = z.object({
  disclosureId: id,
  forwardingId: yourForwarding,
  entryId: id,
  category,
  origin: id,
  from: id,
  to: id,
  purpose,
  openedAt: instant,
  fetchedAt: instant.nullable().describe('When its recipient first read it; null: never, so it owes no answer'),
  closedAt: instant,
  answers: closureAnswers,
  unacknowledgedSince,
});

/** What recipients owe the others for what has closed. */
export const unacknowledgedOperations = [
  {
    id: 'listUnacknowledged',
    tag: 'Closures',
    summary: 'What has closed and its recipient should have answered by now, oldest first',
    description:
      'Disclosures of what you sent or wrote that were read, have closed, and were not answered in the days that the agreement gives (`daysToAcknowledge`; of several agreements that it relied on the fewest).',
    method: 'GET',
    path: '/v1/unacknowledged',
    graphql: { type: 'query', field: 'unacknowledged' },
    scopes: ['laufzettel:read'],
    query: pageQuery,
    status: 200,
    output: page(unacknowledgedView),
    problems: [],
    example: { query: { limit: 50 } },
  },
  {
    id: 'listUnacknowledgedRecipients',
    tag: 'Closures',
    summary: 'Which agencies leave answers to closings owing, and since when; oldest first',
    description: 'For the admin of the exchange: agencies and days, nothing of persons.',
    method: 'GET',
    path: '/v1/unacknowledged-recipients',
    graphql: { type: 'query', field: 'unacknowledgedRecipients' },
    scopes: ['exchange:admin'],
    query: pageQuery,
    status: 200,
    output: page(unacknowledgedRecipientView),
    problems: [],
    example: { query: { limit: 50 } },
  },
  {
    id: 'listClosureAnswers',
    tag: 'Closures',
    summary: 'Who was told that it is over, and who answered what; last ended first',
    description:
      'For the client who asks: every disclosure that has ended of what you sent or wrote about this client, wherever it travelled, with all that its recipient answered, or since when it should have. Never content.',
    method: 'GET',
    path: '/v1/clients/{clientId}/closures',
    graphql: { type: 'query', field: 'closures' },
    scopes: ['consent:read', 'audit:read'],
    params: clientParams,
    query: pageQuery,
    status: 200,
    output: page(closureView),
    problems: ['not-found'],
    example: { params: { clientId: EXAMPLE_IDS.client } },
  },
] as const satisfies readonly Operation[];
