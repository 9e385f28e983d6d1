import { z } from 'zod';
import { LAENDER } from '../domain/laender.ts';
import { SCOPES } from '../domain/permission.ts';
import { id, instant, line, name, page, pageQuery } from './common.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';

const word = z.string().regex(/^[A-Z][A-Z0-9_]{1,59}$/, 'a code in capitals');
const words = z.array(word).max(50);

const about = {
  kind: z.enum(['ARGE', 'BERATUNGSSTELLE']),
  name,
  sponsor: name.describe('Träger'),
  publicBody: z.boolean().describe('Facts under the residence guard (R7) never go to a public body'),
  legalRegime: z.enum(['GDPR_SGB', 'DSG_EKD', 'KDG']),
  services: words,
  targetGroups: words,
  topics: words,
  languages: z.array(z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a BCP 47 tag')).max(50),
  land: z.enum(LAENDER).nullable().describe('The Land (ISO 3166-2:DE) whose public holidays it keeps; null: not said'),
};

export const agencyView = z.object({
  id,
  ...about,
  status: z.enum(['ACTIVE', 'SUSPENDED']),
});
export type AgencyView = z.infer<typeof agencyView>;

export const createAgencyBody = z.strictObject({
  ...about,
  services: words.default([]),
  targetGroups: words.default([]),
  topics: words.default([]),
  languages: about.languages.default([]),
  land: about.land.default(null),
});
export type CreateAgencyInput = z.infer<typeof createAgencyBody>;

const publicKey = z
  .looseObject({ kty: z.enum(['EC', 'OKP', 'RSA']), kid: line(200) })
  .describe('A public JWK (RFC 7517) with `kid`; never a private one');

export const jwks = z.strictObject({ keys: z.array(publicKey).min(1).max(5) });

/** What a system calls itself when it asks for tokens. */
export const systemName = z.string().regex(/^[a-z0-9][a-z0-9.-]{2,79}$/, '3 to 80 of a-z, 0-9, dot and hyphen');

export const registerSystemBody = z.strictObject({
  clientId: systemName,
  scopes: z.array(z.enum(SCOPES)).min(1),
  jwks,
});
export type RegisterSystemInput = z.infer<typeof registerSystemBody>;

export const systemView = z.object({
  clientId: z.string(),
  agencyId: id,
  scopes: z.array(z.enum(SCOPES)),
  createdAt: instant,
});

const agencyParams = z.object({ agencyId: id });
const confirmBody = z.strictObject({
  confirm: z
    .boolean()
    .default(false)
    .describe('true once you have read what would happen (409 `confirmation-required`)'),
});

export const agencyOperations = [
  {
    id: 'listAgencies',
    tag: 'Agencies',
    summary: 'List the agencies of the exchange',
    method: 'GET',
    path: '/v1/agencies',
    graphql: { type: 'query', field: 'agencies' },
    scopes: ['laufzettel:read', 'agency:admin', 'exchange:admin'],
    query: pageQuery,
    status: 200,
    output: page(agencyView),
    problems: [],
    example: { query: { limit: 10 } },
  },
  {
    id: 'getAgency',
    tag: 'Agencies',
    summary: 'Get one agency',
    method: 'GET',
    path: '/v1/agencies/{agencyId}',
    graphql: { type: 'query', field: 'agency' },
    scopes: ['laufzettel:read', 'agency:admin', 'exchange:admin'],
    params: agencyParams,
    status: 200,
    output: agencyView,
    problems: ['not-found'],
    example: { params: { agencyId: EXAMPLE_IDS.caritas } },
  },
  {
    id: 'getOwnAgency',
    tag: 'Agencies',
    summary: 'Get the agency that your token acts for',
    method: 'GET',
    path: '/v1/agency',
    graphql: { type: 'query', field: 'ownAgency' },
    scopes: ['laufzettel:read', 'agency:admin'],
    status: 200,
    output: agencyView,
    problems: ['not-found'],
    example: {},
  },
  {
    id: 'createAgency',
    tag: 'Agencies',
    summary: 'Admit an agency to the exchange (admin)',
    method: 'POST',
    path: '/v1/agencies',
    graphql: { type: 'mutation', field: 'createAgency' },
    scopes: ['exchange:admin'],
    body: createAgencyBody,
    status: 201,
    output: agencyView,
    problems: [],
    example: {
      body: {
        kind: 'BERATUNGSSTELLE',
        name: 'Beratungsstelle Musterstadt',
        sponsor: 'Musterverein e.V.',
        publicBody: false,
        legalRegime: 'GDPR_SGB',
        services: ['MIGRATIONSERSTBERATUNG'],
        languages: ['de', 'tr'],
      },
    },
  },
  {
    id: 'registerSystem',
    tag: 'Agencies',
    summary: "Register an agency's system with its public key (admin)",
    description: 'The system then gets its tokens with `private_key_jwt` at the built-in issuer.',
    method: 'POST',
    path: '/v1/agencies/{agencyId}/systems',
    graphql: { type: 'mutation', field: 'registerSystem' },
    scopes: ['exchange:admin'],
    params: agencyParams,
    body: registerSystemBody,
    status: 201,
    output: systemView,
    problems: ['not-found', 'conflict', 'rule-broken'],
    example: {
      params: { agencyId: EXAMPLE_IDS.caritas },
      body: {
        clientId: 'caritas-example',
        scopes: ['laufzettel:read', 'laufzettel:write'],
        jwks: {
          keys: [
            {
              kty: 'OKP',
              crv: 'Ed25519',
              x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
              kid: 'example-2026',
              alg: 'EdDSA',
              use: 'sig',
            },
          ],
        },
      },
    },
  },
  {
    id: 'suspendAgency',
    changes: 'getAgency',
    tag: 'Agencies',
    summary: 'Suspend an agency (admin)',
    description:
      'From then on every request of its systems is refused, whatever their tokens say, and every disclosure from, to or by it is closed for good.',
    method: 'POST',
    path: '/v1/agencies/{agencyId}/suspend',
    graphql: { type: 'mutation', field: 'suspendAgency' },
    scopes: ['exchange:admin'],
    params: agencyParams,
    body: confirmBody,
    status: 200,
    output: agencyView,
    problems: ['not-found', 'confirmation-required'],
    example: { params: { agencyId: EXAMPLE_IDS.caritas }, body: { confirm: true } },
  },
  {
    id: 'reinstateAgency',
    changes: 'getAgency',
    tag: 'Agencies',
    summary: 'End the suspension of an agency (admin)',
    description: 'What the suspension closed stays closed.',
    method: 'POST',
    path: '/v1/agencies/{agencyId}/reinstate',
    graphql: { type: 'mutation', field: 'reinstateAgency' },
    scopes: ['exchange:admin'],
    params: agencyParams,
    status: 200,
    output: agencyView,
    problems: ['not-found'],
    example: { params: { agencyId: EXAMPLE_IDS.caritas } },
  },
] as const satisfies readonly Operation[];
