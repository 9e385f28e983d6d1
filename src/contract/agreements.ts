import { z } from 'zod';
import { categories, id, instant, instantOrDay, line, name, page, pageQuery, purpose } from './common.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';

const days = z.int().min(1).max(365);
/** What the parties promise each other about time. */
const terms = {
  turnus: z
    .string()
    .nullable()
    .describe(
      'The rhythm of the regular round: a recurrence rule (RFC 5545) such as FREQ=MONTHLY;BYDAY=2TU;BYHOUR=8, read in Europe/Berlin, counted from the day of `from`, at 08:00 unless it says BYHOUR; null: there is none',
    ),
  daysToRemind: days.describe('Until a recipient that has not accepted is reminded'),
  daysToAccept: days.describe('Until what nobody has accepted expires'),
  daysToAnswer: days.describe('Until what was accepted is to be answered'),
  daysToAcknowledge: days.describe('Until it is to be said what was done with a copy of what has closed'),
};

export const agreementView = z.object({
  id,
  title: z.string(),
  parties: z.array(z.object({ agencyId: id, signedAt: instant.nullable(), leftAt: instant.nullable() })),
  purposes: z.array(purpose),
  categories: z.array(categories.element),
  from: instant,
  until: instant.nullable(),
  terminatedAt: instant.nullable(),
  ...terms,
  version: z.int(),
});
export type AgreementView = z.infer<typeof agreementView>;

export const createAgreementBody = z.strictObject({
  title: name,
  parties: z.array(id).min(2).max(50).describe('Agencies; each still has to sign'),
  purposes: z.array(purpose).min(1),
  categories,
  from: instantOrDay,
  until: instantOrDay.nullable().default(null).describe('First instant at which it no longer holds; null: open'),
  turnus: line(500).nullable().default(null).describe(terms.turnus.description!),
  daysToRemind: terms.daysToRemind.default(3),
  daysToAccept: terms.daysToAccept.default(14),
  daysToAnswer: terms.daysToAnswer.default(28),
  daysToAcknowledge: terms.daysToAcknowledge.default(14),
});
export type CreateAgreementInput = z.infer<typeof createAgreementBody>;

const agreementParams = z.object({ agreementId: id });

export const agreementOperations = [
  {
    id: 'listAgreements',
    tag: 'Agreements',
    summary: 'List agreements',
    description: 'An agency sees those that it is a party of; the admin sees all.',
    method: 'GET',
    path: '/v1/agreements',
    graphql: { type: 'query', field: 'agreements' },
    scopes: ['laufzettel:read', 'agency:admin', 'exchange:admin'],
    query: pageQuery,
    status: 200,
    output: page(agreementView),
    problems: [],
    example: {},
  },
  {
    id: 'getAgreement',
    tag: 'Agreements',
    summary: 'Get one agreement',
    method: 'GET',
    path: '/v1/agreements/{agreementId}',
    graphql: { type: 'query', field: 'agreement' },
    scopes: ['laufzettel:read', 'agency:admin', 'exchange:admin'],
    params: agreementParams,
    status: 200,
    output: agreementView,
    problems: ['not-found'],
    example: { params: { agreementId: EXAMPLE_IDS.agreement } },
  },
  {
    id: 'createAgreement',
    tag: 'Agreements',
    summary: 'Draft a cooperation agreement (admin, or an agency that is one of its parties)',
    description: 'It permits nothing between two parties before both have signed.',
    method: 'POST',
    path: '/v1/agreements',
    graphql: { type: 'mutation', field: 'createAgreement' },
    scopes: ['agency:admin', 'exchange:admin'],
    body: createAgreementBody,
    status: 201,
    output: agreementView,
    problems: ['rule-broken'],
    example: {
      body: {
        title: 'Kooperationsvereinbarung Musterkreis',
        parties: [EXAMPLE_IDS.arge, EXAMPLE_IDS.caritas],
        purposes: ['BERATUNG', 'SPRACHFOERDERUNG'],
        categories: ['STAMMDATEN', 'KONTAKT', 'SPRACHE', 'SPRACHKURS'],
        from: '2026-01-01',
      },
    },
  },
  {
    id: 'signAgreement',
    changes: 'getAgreement',
    tag: 'Agreements',
    summary: 'Sign an agreement for your own agency',
    method: 'POST',
    path: '/v1/agreements/{agreementId}/sign',
    graphql: { type: 'mutation', field: 'signAgreement' },
    scopes: ['agency:admin'],
    params: agreementParams,
    status: 200,
    output: agreementView,
    problems: ['not-found', 'conflict'],
    example: { params: { agreementId: EXAMPLE_IDS.agreement } },
  },
  {
    id: 'terminateAgreement',
    changes: 'getAgreement',
    tag: 'Agreements',
    summary: 'Terminate an agreement (admin, or one of its parties)',
    description: 'Every disclosure that only this agreement permitted is closed for good, at once.',
    method: 'POST',
    path: '/v1/agreements/{agreementId}/terminate',
    graphql: { type: 'mutation', field: 'terminateAgreement' },
    scopes: ['agency:admin', 'exchange:admin'],
    params: agreementParams,
    body: z.strictObject({
      confirm: z
        .boolean()
        .default(false)
        .describe('true once you have read what would happen (409 `confirmation-required`)'),
    }),
    status: 200,
    output: agreementView,
    problems: ['not-found', 'conflict', 'confirmation-required'],
    example: { params: { agreementId: EXAMPLE_IDS.agreement }, body: { confirm: true } },
  },
] as const satisfies readonly Operation[];
