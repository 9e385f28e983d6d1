import { z } from 'zod';
import { AGE_BANDS, CONSENT_FORMS, STATED_BY } from '../domain/facts.ts';
import { PROPOSAL_STATUSES } from '../domain/proposal.ts';
import { clientParams } from './clients.ts';
import { categories, id, instant, page, pageQuery, purpose } from './common.ts';
import { EXAMPLE_YES, stated, yes } from './consent.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';

const { confirm, ...proposedYes } = yes;
const DIRECTIONS = ['RECEIVED', 'SENT'] as const;

export const proposalBody = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('STATEMENT'),
      discloser: id.describe('The agency that has to prove the consent, and so has to confirm it; not your own'),
      recipient: id,
      purpose,
      categories,
      ...stated,
      ...proposedYes,
    })
    .describe('A consent'),
  z
    .strictObject({
      type: z.literal('RELEASE'),
      origin: id.describe('The agency whose secret it is, and which has to confirm it; not your own'),
      recipient: id,
      categories,
      ...stated,
      ...proposedYes,
    })
    .describe('A release from professional secrecy'),
]);
export type ProposalInput = z.infer<typeof proposalBody>;

export const confirmationBody = z.strictObject({
  clientId: id.optional().describe('Your handle that it is recorded for, when you have several on the person'),
  confirm,
  evidenceRef: yes.evidenceRef
    .optional()
    .describe('Where you keep the proof; left out: as the proposer said. Encrypted, seen by you alone'),
});
export type ConfirmationInput = z.infer<typeof confirmationBody>;

export const proposalView = z.object({
  id,
  type: z.enum(['STATEMENT', 'RELEASE']),
  direction: z.enum(DIRECTIONS).describe('SENT: you proposed it. RECEIVED: it is yours to decide'),
  status: z
    .enum(PROPOSAL_STATUSES)
    .describe(
      'Its proposer is shown CONFIRMED only where the yes names it as the recipient, and never DECLINED: it goes on seeing PROPOSED, then LAPSED',
    ),
  clientId: id.describe('Your own handle on the person'),
  proposedBy: id,
  proposedAt: instant,
  lapsesAt: instant.describe('28 calendar days after it was proposed'),
  decidedAt: instant.nullable().describe('When it was confirmed, declined or withdrawn'),
  statementId: id.nullable().describe('What you recorded by confirming it'),
  releaseId: id.nullable().describe('What you recorded by confirming it'),
  discloser: id.nullable().describe('Of a STATEMENT'),
  origin: id.nullable().describe('Of a RELEASE'),
  recipient: id,
  purpose: purpose.nullable().describe('Of a STATEMENT'),
  categories: z.array(categories.element),
  statedAt: instant,
  statedBy: z.enum(STATED_BY),
  ageBand: z.enum(AGE_BANDS),
  validFrom: instant,
  validUntil: instant,
  form: z.enum(CONSENT_FORMS),
  capacityConfirmed: z.boolean(),
  explicitSpecialCategories: z.boolean(),
  language: z.string(),
  textHash: z.string(),
  evidenceRef: z
    .string()
    .nullable()
    .describe('Shown to its proposer, and while it is PROPOSED to the agency that decides; null for anybody else'),
  adultFrom: instant.nullable(),
});

const proposalParams = z.object({ proposalId: id });
const EXAMPLE = { params: { proposalId: EXAMPLE_IDS.proposal } };

export const proposalOperations = [
  {
    id: 'proposeConsent',
    tag: 'Proposals',
    summary: 'Propose a yes to the agency that has to prove it',
    description:
      'Your client gave you a consent (or a release) that another agency has to be able to prove (Art. 7(1) GDPR): its discloser, or origin. It counts once that agency has confirmed it; until then it permits nothing and ends nothing. Whether that agency knows the client does not show.',
    method: 'POST',
    path: '/v1/clients/{clientId}/proposals',
    graphql: { type: 'mutation', field: 'proposeConsent' },
    scopes: ['consent:write'],
    params: clientParams,
    body: proposalBody,
    status: 201,
    output: proposalView,
    problems: ['not-found', 'rule-broken'],
    example: {
      params: { clientId: EXAMPLE_IDS.client },
      body: {
        type: 'STATEMENT',
        discloser: EXAMPLE_IDS.arge,
        recipient: EXAMPLE_IDS.caritas,
        purpose: 'BERATUNG',
        categories: ['STAMMDATEN', 'KONTAKT', 'SPRACHE'],
        ...EXAMPLE_YES,
      },
    },
  },
  {
    id: 'listProposals',
    tag: 'Proposals',
    summary: 'List the proposals that wait for you, or those that you made; newest first',
    description: 'Received are those about persons on whom you have a handle.',
    method: 'GET',
    path: '/v1/proposals',
    graphql: { type: 'query', field: 'proposals' },
    scopes: ['consent:read'],
    query: pageQuery.extend({ direction: z.enum(DIRECTIONS).default('RECEIVED') }),
    status: 200,
    output: page(proposalView),
    problems: [],
    example: { query: { direction: 'RECEIVED' } },
  },
  {
    id: 'getProposal',
    tag: 'Proposals',
    summary: 'Get a proposal, as your side may see it',
    method: 'GET',
    path: '/v1/proposals/{proposalId}',
    graphql: { type: 'query', field: 'proposal' },
    scopes: ['consent:read'],
    params: proposalParams,
    status: 200,
    output: proposalView,
    problems: ['not-found'],
    example: EXAMPLE,
  },
  {
    id: 'confirmProposal',
    tag: 'Proposals',
    summary: 'Confirm a proposal: it is recorded as your own statement or release, now',
    description:
      'Every rule of recording is judged at this moment. The proof is kept under your own key; from now on you have to be able to show it.',
    method: 'POST',
    path: '/v1/proposals/{proposalId}/confirm',
    graphql: { type: 'mutation', field: 'confirmProposal' },
    scopes: ['consent:write'],
    params: proposalParams,
    body: confirmationBody,
    status: 200,
    output: proposalView,
    problems: ['not-found', 'not-allowed', 'transition-illegal', 'rule-broken', 'confirmation-required'],
    example: { ...EXAMPLE, body: { evidenceRef: 'Ordner 3, Blatt 12' } },
  },
  {
    id: 'declineProposal',
    tag: 'Proposals',
    summary: 'Decline a proposal; its proposer is not told',
    method: 'POST',
    path: '/v1/proposals/{proposalId}/decline',
    graphql: { type: 'mutation', field: 'declineProposal' },
    scopes: ['consent:write'],
    params: proposalParams,
    status: 200,
    output: proposalView,
    problems: ['not-found', 'not-allowed', 'transition-illegal'],
    example: EXAMPLE,
  },
  {
    id: 'withdrawProposal',
    tag: 'Proposals',
    summary: 'Withdraw a proposal that you made',
    description: 'Only the proposal. What the client takes back is recorded as a no, which counts at once.',
    method: 'POST',
    path: '/v1/proposals/{proposalId}/withdraw',
    graphql: { type: 'mutation', field: 'withdrawProposal' },
    scopes: ['consent:write'],
    params: proposalParams,
    status: 200,
    output: proposalView,
    problems: ['not-found', 'not-allowed', 'transition-illegal'],
    example: EXAMPLE,
  },
] as const satisfies readonly Operation[];
