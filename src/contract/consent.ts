import { z } from 'zod';
import { AGE_BANDS, CONSENT_FORMS, STATED_BY } from '../domain/facts.ts';
import { clientParams } from './clients.ts';
import { categories, day, id, instant, instantOrDay, line, page, pageQuery, purpose } from './common.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';

/** What every statement carries, yes or no. */
export const stated = {
  statedAt: instantOrDay.describe('When the person said it'),
  statedBy: z.enum(STATED_BY).describe('GUARDIAN: parent, Vormund, Amtspfleger. LEGAL_REPRESENTATIVE: Betreuer'),
  ageBand: z.enum(AGE_BANDS).describe('Of the client, when it was said'),
};

/** What only a yes carries. */
export const yes = {
  validFrom: instantOrDay,
  validUntil: instantOrDay.describe(
    'First instant at which it no longer holds; at most 12 calendar months after statedAt',
  ),
  form: z.enum(CONSENT_FORMS),
  capacityConfirmed: z.boolean().default(false).describe('For 15 to 17: you made sure that the youth understands'),
  explicitSpecialCategories: z
    .boolean()
    .default(false)
    .describe('The text names the special categories (Art. 9 GDPR) expressly'),
  language: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a BCP 47 tag'),
  textHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits')
    .describe(
      'SHA-256 of the text agreed to. That of a text that you made with `startConsentConversation`: then no more is taken than it asks for',
    ),
  evidenceRef: line(200).describe('Where you keep the proof; encrypted, seen by you alone'),
  adultFrom: day.nullable().default(null).describe('Day of the 18th birthday; null for ADULT, and only then'),
  confirm: z
    .boolean()
    .default(false)
    .describe('true once you have read what this would withhold (409 `confirmation-required`)'),
};

export const statementBody = z.discriminatedUnion('decision', [
  z
    .strictObject({
      decision: z.literal('GIVEN'),
      discloser: id
        .optional()
        .describe('Your own agency, which has to be able to prove the consent (Art. 7(1) GDPR); may be left out'),
      recipient: id,
      purpose,
      categories,
      ...stated,
      ...yes,
    })
    .describe('A yes names all four: discloser, recipient, purpose, categories'),
  ...(['REFUSED', 'WITHDRAWN'] as const).map((decision) =>
    z
      .strictObject({
        decision: z.literal(decision),
        discloser: id.nullable().default(null),
        recipient: id.nullable().default(null),
        purpose: purpose.nullable().default(null),
        categories: categories.nullable().default(null),
        ...stated,
      })
      .describe('A no. What it leaves out means every one: without any scope it stops everything'),
  ),
]);
export type StatementInput = z.infer<typeof statementBody>;

export const releaseBody = z.discriminatedUnion('decision', [
  z.strictObject({
    decision: z.literal('GIVEN'),
    origin: id.optional().describe('Your own agency, whose secret it is; may be left out'),
    recipient: id,
    categories,
    ...stated,
    ...yes,
  }),
  z.strictObject({
    decision: z.literal('WITHDRAWN'),
    origin: id.nullable().default(null),
    recipient: id.nullable().default(null),
    categories: categories.nullable().default(null),
    ...stated,
  }),
]);
export type ReleaseInput = z.infer<typeof releaseBody>;

const statedView = {
  id,
  clientId: id,
  statedAt: instant,
  recordedAt: instant,
  recordedBy: id.nullable().describe('null when another agency recorded it and it is shown to you for its scope alone'),
  statedBy: z.enum(STATED_BY),
  ageBand: z.enum(AGE_BANDS),
  proposalId: id.nullable().describe('The proposal that you confirmed, when it came from one; for its recorder alone'),
  consentTextId: id
    .nullable()
    .describe(
      'The text of yours that was signed, found by its hash; null for paper made elsewhere, or once it is gone',
    ),
};
export const yesView = {
  validFrom: instant.nullable(),
  validUntil: instant.nullable(),
  form: z.enum(CONSENT_FORMS).nullable(),
  capacityConfirmed: z.boolean().nullable(),
  explicitSpecialCategories: z.boolean().nullable(),
  language: z.string().nullable(),
  textHash: z.string().nullable(),
  evidenceRef: z.string().nullable(),
  adultFrom: instant.nullable(),
};

export const statementView = z.object({
  ...statedView,
  decision: z.enum(['GIVEN', 'REFUSED', 'WITHDRAWN']),
  discloser: id.nullable(),
  recipient: id.nullable(),
  purpose: purpose.nullable(),
  categories: z.array(categories.element).nullable(),
  ...yesView,
});
export type StatementView = z.infer<typeof statementView>;

export const releaseView = z.object({
  ...statedView,
  decision: z.enum(['GIVEN', 'WITHDRAWN']),
  origin: id.nullable(),
  recipient: id.nullable(),
  categories: z.array(categories.element).nullable(),
  ...yesView,
});
export type ReleaseView = z.infer<typeof releaseView>;

export const EXAMPLE_YES = {
  statedAt: '2026-11-02',
  statedBy: 'PERSON',
  ageBand: 'ADULT',
  validFrom: '2026-11-02',
  validUntil: '2027-11-02',
  form: 'WRITTEN',
  language: 'de',
  textHash: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
  evidenceRef: 'Ordner 7, Blatt 3',
};

export const consentOperations = [
  {
    id: 'recordStatement',
    tag: 'Consent',
    summary: 'Record what the client said about sharing: GIVEN, REFUSED or WITHDRAWN',
    description:
      'A yes is recorded by its discloser; another agency proposes it (`proposeConsent`). A no is recorded by any agency with a handle on the client, in any form, and counts at once: when it is answered, no read that starts afterwards returns the data.',
    method: 'POST',
    path: '/v1/clients/{clientId}/statements',
    graphql: { type: 'mutation', field: 'recordStatement' },
    scopes: ['consent:write'],
    params: clientParams,
    body: statementBody,
    status: 201,
    output: statementView,
    problems: ['not-found', 'rule-broken', 'confirmation-required'],
    example: {
      params: { clientId: EXAMPLE_IDS.client },
      body: {
        decision: 'GIVEN',
        recipient: EXAMPLE_IDS.caritas,
        purpose: 'BERATUNG',
        categories: ['STAMMDATEN', 'KONTAKT', 'SPRACHE'],
        ...EXAMPLE_YES,
      },
    },
  },
  {
    id: 'listStatements',
    tag: 'Consent',
    summary: 'List the statements of a client that you may see, newest first',
    description:
      'A yes is shown to its discloser. A no is shown to the discloser that it is about and to who recorded it; one that names no discloser to every agency with a handle on the client, with that agency as the discloser.',
    method: 'GET',
    path: '/v1/clients/{clientId}/statements',
    graphql: { type: 'query', field: 'statements' },
    scopes: ['consent:read'],
    params: clientParams,
    query: pageQuery,
    status: 200,
    output: page(statementView),
    problems: ['not-found'],
    example: { params: { clientId: EXAMPLE_IDS.client } },
  },
  {
    id: 'recordRelease',
    tag: 'Consent',
    summary: 'Record a release from professional secrecy (Schweigepflichtentbindung), GIVEN or WITHDRAWN',
    description: 'A release alone never permits anything; it is needed beside the consent for entries under secrecy.',
    method: 'POST',
    path: '/v1/clients/{clientId}/releases',
    graphql: { type: 'mutation', field: 'recordRelease' },
    scopes: ['consent:write'],
    params: clientParams,
    body: releaseBody,
    status: 201,
    output: releaseView,
    problems: ['not-found', 'rule-broken', 'confirmation-required'],
    example: {
      params: { clientId: EXAMPLE_IDS.client },
      body: { decision: 'GIVEN', recipient: EXAMPLE_IDS.caritas, categories: ['BERATUNGSNOTIZ'], ...EXAMPLE_YES },
    },
  },
  {
    id: 'listReleases',
    tag: 'Consent',
    summary: 'List the releases of a client that you may see, newest first',
    method: 'GET',
    path: '/v1/clients/{clientId}/releases',
    graphql: { type: 'query', field: 'releases' },
    scopes: ['consent:read'],
    params: clientParams,
    query: pageQuery,
    status: 200,
    output: page(releaseView),
    problems: ['not-found'],
    example: { params: { clientId: EXAMPLE_IDS.client } },
  },
] as const satisfies readonly Operation[];
