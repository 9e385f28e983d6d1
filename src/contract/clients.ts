import { z } from 'zod';
import { closureAnswered } from './closures.ts';
import { category, day, id, instant, line, page, pageQuery, purpose } from './common.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';

const fileReference = line(100).describe(
  "Your own file reference (Aktenzeichen); kept encrypted, seen by you alone. Never another agency's and no Kundennummer",
);

export const clientView = z.object({ id, fileReference: z.string().nullable(), createdAt: instant });
export type ClientView = z.infer<typeof clientView>;

const count = z.int().min(0);
export const openClientView = z.object({
  ...clientView.shape,
  forwardingsReceived: count.describe('Forwardings to you that wait for your answer: SENT to ON_HOLD'),
  forwardingsSent: count.describe('Forwardings by you that have not ended'),
  laufzettelOpen: count.describe('Laufzettel of your own that are OPEN'),
  nextDueDate: day.nullable().describe('The first day on which any of it is due'),
});

export const clientParams = z.object({ clientId: id });

export const disclosureView = z.object({
  id,
  entryId: id,
  category,
  origin: id,
  from: id,
  to: id,
  purpose,
  forwardingId: id.nullable().describe('null when the hop is between two other agencies'),
  openedAt: instant,
  closedAt: instant.nullable(),
  fetchedAt: instant.nullable().describe('When the recipient first read it'),
  goodUntil: instant
    .nullable()
    .describe('When it ended, or will end as far as known; for the origin of the entry alone'),
  basis: z
    .object({ agreements: z.array(id), statements: z.array(id), releases: z.array(id) })
    .nullable()
    .describe('What it was permitted on; for the origin of the entry alone'),
  ...closureAnswered,
});

export const clientOperations = [
  {
    id: 'createClient',
    tag: 'Clients',
    summary: 'Open your own handle on a client',
    method: 'POST',
    path: '/v1/clients',
    graphql: { type: 'mutation', field: 'createClient' },
    scopes: ['laufzettel:write'],
    body: z.strictObject({ fileReference: fileReference.nullable().default(null) }),
    status: 201,
    output: clientView,
    problems: ['conflict'],
    example: { body: { fileReference: 'MB-2026-0815' } },
  },
  {
    id: 'listClients',
    tag: 'Clients',
    summary: 'List your own clients',
    method: 'GET',
    path: '/v1/clients',
    graphql: { type: 'query', field: 'clients' },
    scopes: ['laufzettel:read'],
    query: pageQuery,
    status: 200,
    output: page(clientView),
    problems: [],
    example: {},
  },
  {
    id: 'listOpenClients',
    tag: 'Clients',
    summary: 'Your clients with open matters, what is due first at the top',
    description: 'What is open about each: forwardings that you received or sent, Laufzettel of your own.',
    method: 'GET',
    path: '/v1/open-clients',
    graphql: { type: 'query', field: 'openClients' },
    scopes: ['laufzettel:read'],
    query: pageQuery,
    status: 200,
    output: page(openClientView),
    problems: [],
    example: { query: { limit: 20 } },
  },
  {
    id: 'findClient',
    tag: 'Clients',
    summary: 'Find your own client by your own file reference',
    description: 'A POST, because a file reference is personal data and must not stand in a URL.',
    method: 'POST',
    path: '/v1/clients/find',
    graphql: { type: 'query', field: 'findClient' },
    scopes: ['laufzettel:read'],
    body: z.strictObject({ fileReference }),
    status: 200,
    output: clientView,
    problems: ['not-found'],
    example: { body: { fileReference: 'MB-2026-0001' } },
  },
  {
    id: 'getClient',
    tag: 'Clients',
    summary: 'Get one of your clients',
    method: 'GET',
    path: '/v1/clients/{clientId}',
    graphql: { type: 'query', field: 'client' },
    scopes: ['laufzettel:read'],
    params: clientParams,
    status: 200,
    output: clientView,
    problems: ['not-found'],
    example: { params: { clientId: EXAMPLE_IDS.client } },
  },
  {
    id: 'listDisclosures',
    tag: 'Clients',
    summary: 'Who received what about this client, newest first',
    description:
      'The disclosures that you made, that you received, and those of entries that you wrote, wherever they travelled: who, category, when, until when. Never content.',
    method: 'GET',
    path: '/v1/clients/{clientId}/disclosures',
    graphql: { type: 'query', field: 'disclosures' },
    scopes: ['consent:read', 'audit:read'],
    params: clientParams,
    query: pageQuery,
    status: 200,
    output: page(disclosureView),
    problems: ['not-found'],
    example: { params: { clientId: EXAMPLE_IDS.client } },
  },
] as const satisfies readonly Operation[];
