import { z } from 'zod';
import { DECLINE_CODES, REQUEST_STATUSES } from '../domain/request.ts';
import { day, expectedVersion, id, instant, page, pageQuery, purpose } from './common.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { kind, urgency } from './laufzettel.ts';
import type { Operation } from './operation.ts';

const status = z.enum(REQUEST_STATUSES);

export const requestView = z.object({
  id,
  from: id.describe('The agency that asks'),
  to: id.describe('The agency that is asked'),
  clientId: id.describe('Your own handle'),
  kind: kind.describe('What kind of Laufzettel is asked for'),
  purpose,
  urgency,
  dueDate: day.nullable(),
  status,
  declineCode: z.enum(DECLINE_CODES).nullable(),
  forwardingId: id.nullable().describe('The forwarding that fulfilled it'),
  expiresAt: instant.describe('When it expires at the latest; earlier when the consent it stands on ends'),
  version: z.int().describe('Counts the changes of status; give it as expectedVersion'),
  createdAt: instant,
  changedAt: instant,
});

export const createRequestBody = z.strictObject({
  clientId: id,
  agencyId: id.describe('The agency that is asked'),
  kind,
  purpose,
  urgency: urgency.default('NORMAL'),
  dueDate: day.nullable().default(null),
});

const listQuery = pageQuery.extend({
  direction: z.enum(['RECEIVED', 'SENT']).default('RECEIVED').describe('Requests to you, or by you'),
  status: status.optional().describe('Only those of this status'),
});

const requestParams = z.object({ requestId: id });

const create = {
  id: 'createRequest',
  tag: 'Requests',
  summary: 'Ask another agency for a Laufzettel about your client',
  description:
    'It tells that agency who is your client, so the client has to have agreed to that: 403 `consent-missing` says why not. Where that agency has forwarded something about the client to you before it needs no consent, but an agreement and that the client has not said no. The asked agency sees it only if it knows the client too; whether it does you do not learn. Open for 14 days. Audited and limited like a preview, for it answers questions.',
  method: 'POST',
  path: '/v1/requests',
  graphql: { type: 'mutation', field: 'createRequest' },
  scopes: ['laufzettel:write'],
  body: createRequestBody,
  status: 201,
  output: requestView,
  problems: ['not-found', 'consent-missing', 'rule-broken'],
  example: {
    body: {
      clientId: EXAMPLE_IDS.client,
      agencyId: EXAMPLE_IDS.caritas,
      kind: 'FALLMITTEILUNG',
      purpose: 'BERATUNG',
      dueDate: '2027-01-15',
    },
  },
} as const satisfies Operation;

export const requestOperations = [
  create,
  {
    id: 'listRequests',
    tag: 'Requests',
    summary: 'Requests to you or by you, newest first',
    method: 'GET',
    path: '/v1/requests',
    graphql: { type: 'query', field: 'requests' },
    scopes: ['laufzettel:read'],
    query: listQuery,
    status: 200,
    output: page(requestView),
    problems: [],
    example: { query: { direction: 'SENT', status: 'OPEN', limit: 20 } },
  },
  {
    id: 'getRequest',
    tag: 'Requests',
    summary: 'Get a request to you or by you',
    method: 'GET',
    path: '/v1/requests/{requestId}',
    graphql: { type: 'query', field: 'request' },
    scopes: ['laufzettel:read'],
    params: requestParams,
    status: 200,
    output: requestView,
    problems: ['not-found'],
    example: { params: { requestId: EXAMPLE_IDS.request } },
  },
  {
    id: 'declineRequest',
    changes: 'getRequest',
    tag: 'Requests',
    summary: 'Decline a request to you',
    description:
      'Tells the agency that asks that you know the client: unless it knows that already, the client has to have agreed to it, as to a forwarding of STAMMDATEN; else leave the request, and it expires. To fulfil one, forward a Laufzettel about the client to the agency that asks, and name the request there.',
    method: 'POST',
    path: '/v1/requests/{requestId}/decline',
    graphql: { type: 'mutation', field: 'declineRequest' },
    scopes: ['laufzettel:write'],
    params: requestParams,
    body: z.strictObject({ expectedVersion, code: z.enum(DECLINE_CODES) }),
    status: 200,
    output: requestView,
    problems: ['not-found', 'transition-illegal', 'consent-missing'],
    example: { params: { requestId: EXAMPLE_IDS.request }, body: { expectedVersion: 1, code: 'NO_CAPACITY' } },
  },
  {
    id: 'withdrawRequest',
    changes: 'getRequest',
    tag: 'Requests',
    summary: 'Withdraw a request by you',
    method: 'POST',
    path: '/v1/requests/{requestId}/withdraw',
    graphql: { type: 'mutation', field: 'withdrawRequest' },
    scopes: ['laufzettel:write'],
    params: requestParams,
    body: z.strictObject({ expectedVersion }),
    status: 200,
    output: requestView,
    problems: ['not-found', 'transition-illegal'],
    example: { params: { requestId: EXAMPLE_IDS.request }, body: { expectedVersion: 1 } },
  },
] as const satisfies readonly Operation[];
