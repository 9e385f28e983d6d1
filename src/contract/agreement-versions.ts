/** The versions of an agreement, what each says and who has signed it, and what a change of it would close. */
import { z } from 'zod';
import { VERSION_STATUSES } from '../domain/agreement.ts';
import { agreementParams, agreementTerms, amendAgreementBody } from './agreements.ts';
import { category, id, instant, page, pageQuery, purpose, versionNumber } from './common.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';

const header = {
  agreementId: id,
  number: z.int(),
  status: z
    .enum(VERSION_STATUSES)
    .describe(
      'DRAFT: the first, and fewer than two have signed it. OPEN: an amendment that not all have signed. IN_FORCE. SUPERSEDED: a later one is in force. WITHDRAWN: taken back, or ended with the agreement',
    ),
  proposedBy: id.nullable().describe('null: the admin, or it was drafted before texts were kept'),
  proposedAt: instant,
  inForceAt: instant
    .nullable()
    .describe('Of the first version when two had signed it, for it holds pair by pair; of a later one when all had'),
  withdrawnAt: instant.nullable(),
  textHash: z.string().describe('SHA-256 of the UTF-8 bytes of its text, in hexadecimal digits'),
};

export const agreementVersionHeaderView = z.object({
  ...header,
  signedBy: z.array(z.object({ agencyId: id, signedAt: instant })),
});

const NOT_KEPT = 'null: signed before signatures were kept';

export const agreementVersionView = z.object({
  ...header,
  terms: z.object({
    title: z.string(),
    parties: z.array(id),
    purposes: z.array(purpose),
    categories: z.array(category),
    from: instant,
    until: instant.nullable(),
    ...agreementTerms,
  }),
  text: z.string().describe('What its parties sign: German, plain, written once when it was drafted'),
  signatures: z.array(
    z.object({
      agencyId: id,
      agencyName: z.string(),
      signedAt: instant,
      jws: z.string().nullable().describe(`Compact (RFC 7515), with the text as its payload; ${NOT_KEPT}`),
      kid: z.string().nullable(),
      jwk: z
        .record(z.string(), z.string())
        .nullable()
        .describe(
          'The public key (RFC 7517) as it was registered then; it verifies the JWS whatever became of the system',
        ),
      thumbprint: z.string().nullable().describe('Of that key, RFC 7638 with SHA-256'),
    }),
  ),
});
export type AgreementVersionView = z.infer<typeof agreementVersionView>;

const CHANGES = ['LEAVE', 'TERMINATE', 'SIGN', 'AMEND'] as const;

export const previewAgreementChangeBody = z
  .strictObject({
    change: z
      .enum(CHANGES)
      .describe(
        'LEAVE: your agency leaves. TERMINATE. SIGN: the open amendment is in force. AMEND: these terms are in force',
      ),
    terms: amendAgreementBody.optional().describe('For AMEND, and for it alone'),
  })
  .refine(({ change, terms }) => (change === 'AMEND') === (terms !== undefined), {
    path: ['terms'],
    error: 'belongs to AMEND, and to it alone',
  });
export type PreviewAgreementChangeInput = z.infer<typeof previewAgreementChangeBody>;

export const agreementPreviewView = z.object({
  change: z.enum(CHANGES),
  takesEffect: z.boolean().describe('Whether the change would do so by itself; false: once all have signed it'),
  count: z
    .int()
    .nullable()
    .describe(
      'How many disclosures would close for good that you made, received or wrote the entry of; null for the admin',
    ),
  personsConcerned: z.string().nullable().describe('For the admin, never about fewer than five; null for an agency'),
  disclosures: z
    .array(
      z.object({
        disclosureId: id,
        entryId: id,
        category,
        origin: id,
        from: id,
        to: id,
        purpose,
        clientId: id.nullable().describe('Your own handle'),
        forwardingId: id.nullable().describe('null when the hop is between two other agencies'),
        laufzettelId: id.nullable().describe('As `forwardingId`'),
        openedAt: instant,
      }),
    )
    .describe('The newest 200 of them'),
});

const SEES = ['laufzettel:read', 'agency:admin', 'exchange:admin'] as const;

export const agreementVersionOperations = [
  {
    id: 'listAgreementVersions',
    tag: 'Agreements',
    summary: 'The versions of an agreement, the first one first',
    method: 'GET',
    path: '/v1/agreements/{agreementId}/versions',
    graphql: { type: 'query', field: 'agreementVersions' },
    scopes: SEES,
    params: agreementParams,
    query: pageQuery,
    status: 200,
    output: page(agreementVersionHeaderView),
    problems: ['not-found'],
    example: { params: { agreementId: EXAMPLE_IDS.agreement } },
  },
  {
    id: 'getAgreementVersion',
    tag: 'Agreements',
    summary: 'One version of an agreement: its text, and who has signed it',
    description:
      'Whoever has this answer can check each signature without the exchange: the JWS by the key beside it, its payload against the text.',
    method: 'GET',
    path: '/v1/agreements/{agreementId}/versions/{number}',
    graphql: { type: 'query', field: 'agreementVersion' },
    scopes: SEES,
    params: agreementParams.extend({ number: versionNumber }),
    status: 200,
    output: agreementVersionView,
    problems: ['not-found'],
    example: { params: { agreementId: EXAMPLE_IDS.agreement, number: 1 } },
  },
  {
    id: 'previewAgreementChange',
    tag: 'Agreements',
    summary: 'What a change of an agreement would close',
    description:
      'Found out by making the change and taking it back; it does nothing. Audited and limited per minute as previews of forwardings are.',
    method: 'POST',
    path: '/v1/agreements/{agreementId}/preview',
    graphql: { type: 'query', field: 'previewAgreementChange' },
    scopes: ['agency:admin', 'exchange:admin'],
    params: agreementParams,
    body: previewAgreementChangeBody,
    status: 200,
    output: agreementPreviewView,
    problems: ['not-found', 'conflict', 'rule-broken'],
    example: { params: { agreementId: EXAMPLE_IDS.agreement }, body: { change: 'LEAVE' } },
  },
] as const satisfies readonly Operation[];
