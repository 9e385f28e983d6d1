import { z } from 'zod';
import { KINDS } from '../domain/catalogue.ts';
import { LAUFZETTEL_STATUSES } from '../domain/laufzettel.ts';
import { changedSince, day, expectedVersion, id, instant, page, pageQuery, purpose, someOf } from './common.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';
import { entryBodySchema } from './payload.ts';

export const kind = z.enum(KINDS);
export const urgency = z.enum(['NORMAL', 'URGENT']);

export const laufzettelView = z.object({
  id,
  kind,
  purpose,
  clientId: id.describe('Your own handle'),
  createdBy: id
    .nullable()
    .describe('You, if you created it; else null, whoever did. From whom it came, each forwarding says'),
  urgency,
  dueDate: day.nullable(),
  agreementId: id.nullable(),
  route: z.array(id).describe('The planned stations in order; only its creator sees them'),
  entryIds: z.array(id).describe('The entries on it that you may refer to'),
  conferenceId: id.nullable().describe('The conference that it is a task of; only its creator sees it'),
  status: z
    .enum(LAUFZETTEL_STATUSES)
    .describe('To its creator, and to whom its creator forwarded it; to everybody else it stays OPEN'),
  version: z.int().describe('Counts the changes of status; give it as expectedVersion'),
  createdAt: instant.describe('When you created it; of another’s, when it first came to you'),
  changedAt: instant.describe('When it was opened, came to you, or its status last changed'),
});
export type LaufzettelView = z.infer<typeof laufzettelView>;

export const createLaufzettelBody = z.strictObject({
  clientId: id,
  kind,
  purpose,
  urgency: urgency.default('NORMAL'),
  dueDate: day.nullable().default(null),
  agreementId: id.nullable().default(null),
  route: z.array(id).max(20).default([]),
  entryIds: z.array(id).max(100).default([]).describe('Entries that are there already'),
  entries: z.array(entryBodySchema).max(50).default([]).describe('Entries written with it'),
});

export const addToLaufzettelBody = z
  .strictObject({
    entryIds: z.array(id).max(100).default([]).describe('Entries that are there already'),
    entries: z.array(entryBodySchema).max(50).default([]).describe('Entries written with it, under your own handle'),
  })
  .refine(({ entryIds, entries }) => entryIds.length + entries.length > 0, 'names no entry');
const laufzettelFilter = z.strictObject({
  ...pageQuery.shape,
  status: someOf(LAUFZETTEL_STATUSES),
  kind: kind.optional(),
  clientId: id.optional().describe('About this client; your own handle'),
  role: z.enum(['CREATED', 'RECEIVED']).optional().describe('CREATED by you, or RECEIVED: created by another'),
  changedSince,
});
export type LaufzettelQuery = z.output<typeof laufzettelFilter>;

const laufzettelParams = z.object({ laufzettelId: id });
const ending = z.strictObject({ expectedVersion });

export const laufzettelOperations = [
  {
    id: 'createLaufzettel',
    tag: 'Laufzettel',
    summary: 'Create a Laufzettel about your client, with its entries',
    description: 'It stays with you until you forward it.',
    method: 'POST',
    path: '/v1/laufzettel',
    graphql: { type: 'mutation', field: 'createLaufzettel' },
    scopes: ['laufzettel:write'],
    body: createLaufzettelBody,
    status: 201,
    output: laufzettelView,
    problems: ['not-found', 'rule-broken'],
    example: {
      body: {
        clientId: EXAMPLE_IDS.client,
        kind: 'FALLMITTEILUNG',
        purpose: 'BERATUNG',
        dueDate: '2027-01-15',
        entries: [
          { category: 'STAMMDATEN', payload: { familienname: 'Beispiel', vorname: 'Amira' } },
          { category: 'SPRACHE', payload: { erstsprache: 'ar', deutschNiveau: 'A2' } },
        ],
      },
    },
  },
  {
    id: 'getLaufzettel',
    tag: 'Laufzettel',
    summary: 'Get a Laufzettel that you created or received',
    method: 'GET',
    path: '/v1/laufzettel/{laufzettelId}',
    graphql: { type: 'query', field: 'laufzettel' },
    scopes: ['laufzettel:read'],
    params: laufzettelParams,
    status: 200,
    output: laufzettelView,
    problems: ['not-found'],
    example: { params: { laufzettelId: EXAMPLE_IDS.laufzettel } },
  },
  {
    id: 'listLaufzettel',
    tag: 'Laufzettel',
    summary: 'List the Laufzettel that you created or received, newest first',
    description: 'Filters can be combined. With `changedSince` the oldest change comes first.',
    method: 'GET',
    path: '/v1/laufzettel',
    graphql: { type: 'query', field: 'laufzettelList' },
    scopes: ['laufzettel:read'],
    query: laufzettelFilter,
    status: 200,
    output: page(laufzettelView),
    problems: [],
    example: { query: { limit: 20, status: ['OPEN'], role: 'CREATED' } },
  },
  {
    id: 'addToLaufzettel',
    tag: 'Laufzettel',
    summary: 'Add entries to a Laufzettel that you created or received',
    description: 'All of them or none. They stay with you until you forward it; nobody else sees that they are on it.',
    method: 'POST',
    path: '/v1/laufzettel/{laufzettelId}/entries',
    graphql: { type: 'mutation', field: 'addToLaufzettel' },
    scopes: ['laufzettel:write'],
    params: laufzettelParams,
    body: addToLaufzettelBody,
    status: 200,
    output: laufzettelView,
    problems: ['not-found', 'transition-illegal', 'rule-broken'],
    example: {
      params: { laufzettelId: EXAMPLE_IDS.laufzettel },
      body: { entries: [{ category: 'TERMIN', payload: { art: 'BERATUNG', beginn: '2027-01-12T09:00:00.000Z' } }] },
    },
  },
  {
    id: 'completeLaufzettel',
    changes: 'getLaufzettel',
    tag: 'Laufzettel',
    summary: 'Complete a Laufzettel that you created',
    description:
      'Possible when none of your own forwardings of it is still under way; if some are, `open` names them. Everybody to whom you forwarded it is told. Afterwards neither you nor they add to it or forward it.',
    method: 'POST',
    path: '/v1/laufzettel/{laufzettelId}/complete',
    graphql: { type: 'mutation', field: 'completeLaufzettel' },
    scopes: ['laufzettel:write'],
    params: laufzettelParams,
    body: ending,
    status: 200,
    output: laufzettelView,
    problems: ['not-found', 'not-allowed', 'transition-illegal'],
    example: { params: { laufzettelId: EXAMPLE_IDS.laufzettel }, body: { expectedVersion: 1 } },
  },
  {
    id: 'cancelLaufzettel',
    changes: 'getLaufzettel',
    tag: 'Laufzettel',
    summary: 'Cancel a Laufzettel that you created',
    description:
      'Recalls your own forwardings of it that nobody has accepted yet. Everybody to whom you forwarded it is told. Afterwards neither you nor they add to it or forward it.',
    method: 'POST',
    path: '/v1/laufzettel/{laufzettelId}/cancel',
    graphql: { type: 'mutation', field: 'cancelLaufzettel' },
    scopes: ['laufzettel:write'],
    params: laufzettelParams,
    body: ending,
    status: 200,
    output: laufzettelView,
    problems: ['not-found', 'not-allowed', 'transition-illegal'],
    example: { params: { laufzettelId: EXAMPLE_IDS.laufzettel }, body: { expectedVersion: 1 } },
  },
] as const satisfies readonly Operation[];
