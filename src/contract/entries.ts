import { z } from 'zod';
import { CATEGORIES } from '../domain/catalogue.ts';
import { clientParams } from './clients.ts';
import { category, id, instant, page, pageQuery, purpose } from './common.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';
import { entryBodySchema } from './payload.ts';

export const entryView = z.object({
  id,
  clientId: id.describe('Your own handle'),
  category,
  origin: id.describe('The agency that wrote it'),
  concerns: z.array(id).describe('Your own handles on everybody it is about'),
  secrecy: z.boolean().describe('Written under professional secrecy (§ 203 StGB)'),
  guardFrom: instant.nullable().describe('From then on it never goes to a public body'),
  filedUnder: z.array(category).nullable(),
  createdAt: instant,
  replaces: id
    .nullable()
    .describe('The entry that it corrects; null when it corrects none, or one that you neither wrote nor had read'),
  replacedBy: id.nullable().describe('The entry that corrects it, for its author alone; null for everybody else'),
  payload: z.record(z.string(), z.unknown()).describe('The fields of its category, see GET /v1/catalogue'),
});

export const catalogueView = z.object({
  categories: z.array(
    z.object({
      category,
      description: z.string(),
      article9: z.boolean().describe('A special category of Art. 9 GDPR: consent has to be explicit'),
      alwaysSecret: z.boolean().describe('Always written under professional secrecy'),
      usuallySecret: z.boolean().describe('Under professional secrecy unless its author says otherwise'),
      residenceGuard: z.boolean().describe('May be guarded from public bodies (R7)'),
      concernsOthers: z.boolean().describe('Usually about several persons'),
      jointDocument: z.boolean().describe('Part of a joint document'),
      coreOf: z.array(z.string()),
      payload: z.record(z.string(), z.unknown()).describe('JSON Schema 2020-12 of the payload'),
    }),
  ),
});

export const hopView = z.object({
  id: id.describe('As in the list of disclosures'),
  from: id,
  to: id,
  purpose,
  forwardingId: id.nullable().describe('null when the hop is between two other agencies'),
  openedAt: instant,
  fetchedAt: instant.nullable().describe('When the recipient first read it'),
  closedAt: instant.nullable(),
});

export const entryOperations = [
  {
    id: 'getCatalogue',
    tag: 'Entries',
    summary: 'The catalogue: every category with its fields and marks',
    method: 'GET',
    path: '/v1/catalogue',
    graphql: { type: 'query', field: 'catalogue' },
    scopes: ['laufzettel:read', 'agency:admin', 'exchange:admin'],
    status: 200,
    output: catalogueView,
    problems: [],
    example: {},
  },
  {
    id: 'addEntry',
    tag: 'Entries',
    summary: 'Write an entry about your client',
    description: `One category each, of ${CATEGORIES.length}. It stays with you until a forwarding discloses it.`,
    method: 'POST',
    path: '/v1/clients/{clientId}/entries',
    graphql: { type: 'mutation', field: 'addEntry' },
    scopes: ['laufzettel:write'],
    params: clientParams,
    body: entryBodySchema,
    status: 201,
    output: entryView,
    problems: ['not-found', 'rule-broken'],
    example: {
      params: { clientId: EXAMPLE_IDS.client },
      body: { category: 'SPRACHE', payload: { erstsprache: 'tr', deutschNiveau: 'A2', dolmetschbedarf: true } },
    },
  },
  {
    id: 'listEntries',
    tag: 'Entries',
    summary: 'List the entries about a client that you wrote or may read now, oldest first',
    method: 'GET',
    path: '/v1/clients/{clientId}/entries',
    graphql: { type: 'query', field: 'entries' },
    scopes: ['laufzettel:read'],
    params: clientParams,
    query: pageQuery,
    status: 200,
    output: page(entryView),
    problems: ['not-found'],
    example: { params: { clientId: EXAMPLE_IDS.client } },
  },
  {
    id: 'getEntry',
    tag: 'Entries',
    summary: 'Get one entry that you wrote or may read now',
    method: 'GET',
    path: '/v1/entries/{entryId}',
    graphql: { type: 'query', field: 'entry' },
    scopes: ['laufzettel:read'],
    params: z.object({ entryId: id }),
    status: 200,
    output: entryView,
    problems: ['not-found'],
    example: { params: { entryId: EXAMPLE_IDS.entry } },
  },
  {
    id: 'listEntryHops',
    tag: 'Entries',
    summary: 'Where an entry travelled, oldest first',
    description:
      'The agency that wrote it sees every hop. Another one sees the hop by which it got the entry, and those that it made.',
    method: 'GET',
    path: '/v1/entries/{entryId}/hops',
    graphql: { type: 'query', field: 'entryHops' },
    scopes: ['laufzettel:read', 'audit:read'],
    params: z.object({ entryId: id }),
    query: pageQuery,
    status: 200,
    output: page(hopView),
    problems: ['not-found'],
    example: { params: { entryId: EXAMPLE_IDS.entry } },
  },
] as const satisfies readonly Operation[];
