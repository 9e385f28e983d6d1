import { z } from 'zod';
import { clientParams, clientView } from './clients.ts';
import { id, instant, page, pageQuery } from './common.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';

export const linkCodeView = z.object({
  id,
  clientId: id,
  agencyId: id.describe('The one agency that it is for'),
  issuedAt: instant,
  expiresAt: instant,
  status: z.enum(['OPEN', 'USED', 'REVOKED', 'REPLACED', 'EXPIRED']),
});

export const issuedLinkCodeView = z.object({
  id,
  agencyId: id.describe('The one agency that it is for'),
  code: z.string().describe('For the client to carry; shown here and never in a list'),
  qrSvg: z.string().describe('The code alone as a QR code, an SVG image to print'),
  expiresAt: instant,
});

export const linkView = z.object({
  id,
  clientId: id.describe('Your own handle'),
  withAgency: id.describe('The agency whose handle it is linked with'),
  linkedAt: instant,
  endedAt: instant.nullable(),
});

export const redeemLinkCodeBody = z.strictObject({
  code: z
    .string()
    .min(1)
    .max(100)
    .describe('As the client brings it; lower case, spaces, O for 0 and I for 1 do not matter'),
  clientId: id
    .nullable()
    .default(null)
    .describe('Your own handle on that person. Left out: the one that you have on it, or else a new one'),
});
export type RedeemLinkCodeInput = z.infer<typeof redeemLinkCodeBody>;

export const linkingOperations = [
  {
    id: 'issueLinkCode',
    tag: 'Clients',
    summary: 'Issue a one-time code by which a client links your handle with that of another agency',
    description:
      'Hand it to the client, printed or as the QR code; it names nobody. It is for the one agency, works once, and expires after 7 days. A new one for the same agency ends the older; a client has at most 5 open ones.',
    method: 'POST',
    path: '/v1/clients/{clientId}/link-codes',
    graphql: { type: 'mutation', field: 'issueLinkCode' },
    scopes: ['consent:write'],
    params: clientParams,
    body: z.strictObject({ agencyId: id.describe('The one agency that it is for') }),
    status: 201,
    output: issuedLinkCodeView,
    problems: ['not-found', 'rule-broken'],
    example: { params: { clientId: EXAMPLE_IDS.client }, body: { agencyId: EXAMPLE_IDS.caritas } },
  },
  {
    id: 'listLinkCodes',
    tag: 'Clients',
    summary: 'List the codes that you issued for a client, newest first; never the codes themselves',
    method: 'GET',
    path: '/v1/clients/{clientId}/link-codes',
    graphql: { type: 'query', field: 'linkCodes' },
    scopes: ['consent:read', 'consent:write'],
    params: clientParams,
    query: pageQuery,
    status: 200,
    output: page(linkCodeView),
    problems: ['not-found'],
    example: { params: { clientId: EXAMPLE_IDS.client } },
  },
  {
    id: 'revokeLinkCode',
    tag: 'Clients',
    summary: 'Revoke a code before it is used',
    method: 'POST',
    path: '/v1/clients/{clientId}/link-codes/{linkCodeId}/revoke',
    graphql: { type: 'mutation', field: 'revokeLinkCode' },
    scopes: ['consent:write'],
    params: clientParams.extend({ linkCodeId: id }),
    status: 200,
    output: linkCodeView,
    problems: ['not-found', 'conflict'],
    example: { params: { clientId: EXAMPLE_IDS.client, linkCodeId: EXAMPLE_IDS.linkCode } },
  },
  {
    id: 'redeemLinkCode',
    tag: 'Clients',
    summary: 'Use a code that a client brought from another agency',
    description:
      'From then on both handles stand for one person: what the client said to either holds for both, and every open disclosure is decided again at once; what it ends is closed for good. At most 10 attempts a minute. Why a code is refused is not told.',
    method: 'POST',
    path: '/v1/clients/link',
    graphql: { type: 'mutation', field: 'redeemLinkCode' },
    scopes: ['consent:write'],
    body: redeemLinkCodeBody,
    status: 201,
    output: z.object({ client: clientView, linkId: id }),
    problems: ['not-found', 'rule-broken'],
    example: { body: { code: EXAMPLE_IDS.code } },
  },
  {
    id: 'listLinks',
    tag: 'Clients',
    summary: 'List the links of one of your clients, newest first',
    method: 'GET',
    path: '/v1/clients/{clientId}/links',
    graphql: { type: 'query', field: 'clientLinks' },
    scopes: ['consent:read', 'consent:write'],
    params: clientParams,
    query: pageQuery,
    status: 200,
    output: page(linkView),
    problems: ['not-found'],
    example: { params: { clientId: EXAMPLE_IDS.client } },
  },
  {
    id: 'unlinkClient',
    tag: 'Clients',
    summary: 'End a mistaken link (either of its two agencies)',
    description:
      'The two persons stand apart again, each with what was said to its own side. Disclosures that stand on what the other one said are closed for good; nothing reopens.',
    method: 'POST',
    path: '/v1/clients/{clientId}/links/{linkId}/end',
    graphql: { type: 'mutation', field: 'unlinkClient' },
    scopes: ['consent:write'],
    params: clientParams.extend({ linkId: id }),
    body: z.strictObject({
      confirm: z
        .boolean()
        .default(false)
        .describe('true once you have read what would happen (409 `confirmation-required`)'),
    }),
    status: 200,
    output: linkView,
    problems: ['not-found', 'conflict', 'confirmation-required'],
    example: { params: { clientId: EXAMPLE_IDS.client, linkId: EXAMPLE_IDS.link }, body: { confirm: true } },
  },
] as const satisfies readonly Operation[];
