import { z } from 'zod';
import { AGREEMENT_STATUSES } from '../domain/agreement.ts';
import {
  categories,
  id,
  instant,
  instantOrDay,
  line,
  name,
  page,
  pageQuery,
  purpose,
  versionNumber,
} from './common.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';

const days = z.int().min(1).max(365);
/** What the parties promise each other about time. */
export const agreementTerms = {
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

const parties = z.array(id).min(2).max(50);
const purposes = z.array(purpose).min(1);
const until = instantOrDay.nullable().describe('First instant at which it no longer holds; null: open');

export const agreementView = z.object({
  id,
  title: z.string(),
  status: z
    .enum(AGREEMENT_STATUSES)
    .describe(
      'DRAFT: fewer than two have signed. PENDING: they have, and `from` lies ahead. IN_FORCE. ENDED: terminated, over, or fewer than two who signed are left. Between two agencies it permits something once both have signed',
    ),
  parties: z.array(z.object({ agencyId: id, signedAt: instant.nullable(), leftAt: instant.nullable() })),
  purposes: z.array(purpose),
  categories: z.array(categories.element),
  from: instant,
  until: instant.nullable(),
  terminatedAt: instant.nullable(),
  ...agreementTerms,
  number: z.int().describe('Of the version whose terms these are; its text is what the parties have signed'),
  openAmendment: z
    .object({
      number: z.int(),
      signedBy: z.array(id),
    })
    .nullable()
    .describe('The next version, which holds once everybody has signed it who has signed this one and not left'),
  version: z.int().describe('Counts what its readers see, for If-Match and the like; no number of a text'),
});
export type AgreementView = z.infer<typeof agreementView>;

export const createAgreementBody = z.strictObject({
  title: name,
  parties: parties.describe('Agencies; each still has to sign'),
  purposes,
  categories,
  from: instantOrDay,
  until: until.default(null),
  turnus: line(500).nullable().default(null).describe(agreementTerms.turnus.description!),
  daysToRemind: agreementTerms.daysToRemind.default(3),
  daysToAccept: agreementTerms.daysToAccept.default(14),
  daysToAnswer: agreementTerms.daysToAnswer.default(28),
  daysToAcknowledge: agreementTerms.daysToAcknowledge.default(14),
});
export type CreateAgreementInput = z.infer<typeof createAgreementBody>;

/** Whole new terms. Nothing is left out, lest something be changed by being forgotten. */
export const amendAgreementBody = z.strictObject({
  title: name,
  parties: parties.describe('Everybody who is named now and has not left, and whom it invites'),
  purposes,
  categories,
  until,
  turnus: line(500).nullable().describe(agreementTerms.turnus.description!),
  daysToRemind: agreementTerms.daysToRemind,
  daysToAccept: agreementTerms.daysToAccept,
  daysToAnswer: agreementTerms.daysToAnswer,
  daysToAcknowledge: agreementTerms.daysToAcknowledge,
});
export type AmendAgreementInput = z.infer<typeof amendAgreementBody>;

const confirm = z
  .boolean()
  .default(false)
  .describe('true once you have read what would happen (409 `confirmation-required`)');
const confirmBody = z.strictObject({ confirm });

/** Bytes of a text with fifty parties and all that there is, in base64url, and as much again. */
const MOST_JWS_CHARACTERS = 131_072;

export const signAgreementBody = z.strictObject({
  number: versionNumber.describe('Of the version that you sign'),
  signature: z
    .string()
    .max(MOST_JWS_CHARACTERS)
    .describe(
      'A compact JWS (RFC 7515) whose payload is the UTF-8 bytes of the version’s `text`, attached or detached (appendix F), by ES384, EdDSA, Ed25519 or PS256; `kid` in its header is that of a key of one of your systems',
    ),
  confirm,
});
export type SignAgreementInput = z.infer<typeof signAgreementBody>;

export const agreementParams = z.object({ agreementId: id });

const AMENDED = {
  title: 'Kooperationsvereinbarung Musterkreis',
  parties: [EXAMPLE_IDS.arge, EXAMPLE_IDS.caritas],
  purposes: ['BERATUNG', 'SPRACHFOERDERUNG'],
  categories: ['STAMMDATEN', 'KONTAKT', 'SPRACHE'],
  until: null,
  turnus: null,
  daysToRemind: 3,
  daysToAccept: 14,
  daysToAnswer: 28,
  daysToAcknowledge: 14,
};

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
    summary: 'Sign a version of an agreement for your own agency',
    description:
      'The version drafted first, or in force, holds from then on for you and everybody else who has signed it. With the last signature that an open amendment lacks it is in force: whatever only the terms before permitted closes for good.',
    method: 'POST',
    path: '/v1/agreements/{agreementId}/sign',
    graphql: { type: 'mutation', field: 'signAgreement' },
    scopes: ['agency:admin'],
    params: agreementParams,
    body: signAgreementBody,
    status: 200,
    output: agreementView,
    problems: ['not-found', 'conflict', 'rule-broken', 'confirmation-required'],
    example: {
      params: { agreementId: EXAMPLE_IDS.agreement },
      body: { number: 1, signature: EXAMPLE_IDS.agreementSignature },
    },
  },
  {
    id: 'amendAgreement',
    changes: 'getAgreement',
    tag: 'Agreements',
    summary: 'Propose new terms for an agreement (admin, or one of its parties)',
    description:
      'The next version, whole. It is in force at the instant at which everybody has signed it who has signed the agreement and not left; until then the present terms hold in full. One at a time. `from` stays.',
    method: 'POST',
    path: '/v1/agreements/{agreementId}/amend',
    graphql: { type: 'mutation', field: 'amendAgreement' },
    scopes: ['agency:admin', 'exchange:admin'],
    params: agreementParams,
    body: amendAgreementBody,
    status: 200,
    output: agreementView,
    problems: ['not-found', 'conflict', 'rule-broken'],
    example: { params: { agreementId: EXAMPLE_IDS.agreement }, body: AMENDED },
  },
  {
    id: 'withdrawAmendment',
    changes: 'getAgreement',
    tag: 'Agreements',
    summary: 'Withdraw the open amendment of an agreement (its proposer, or the admin)',
    method: 'POST',
    path: '/v1/agreements/{agreementId}/withdraw-amendment',
    graphql: { type: 'mutation', field: 'withdrawAmendment' },
    scopes: ['agency:admin', 'exchange:admin'],
    params: agreementParams,
    status: 200,
    output: agreementView,
    problems: ['not-found', 'conflict'],
    example: { params: { agreementId: EXAMPLE_IDS.agreement } },
  },
  {
    id: 'leaveAgreement',
    changes: 'getAgreement',
    tag: 'Agreements',
    summary: 'Leave an agreement with your own agency',
    description:
      'Every disclosure from, to or by your agency that only this agreement permitted is closed for good, at once. Between the others it goes on. Where an open amendment lacks your signature alone, it is in force by that.',
    method: 'POST',
    path: '/v1/agreements/{agreementId}/leave',
    graphql: { type: 'mutation', field: 'leaveAgreement' },
    scopes: ['agency:admin'],
    params: agreementParams,
    body: confirmBody,
    status: 200,
    output: agreementView,
    problems: ['not-found', 'conflict', 'confirmation-required'],
    example: { params: { agreementId: EXAMPLE_IDS.agreement }, body: { confirm: true } },
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
    body: confirmBody,
    status: 200,
    output: agreementView,
    problems: ['not-found', 'conflict', 'confirmation-required'],
    example: { params: { agreementId: EXAMPLE_IDS.agreement }, body: { confirm: true } },
  },
] as const satisfies readonly Operation[];
