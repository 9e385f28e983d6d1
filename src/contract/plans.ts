/** Plans that two agencies write together, part by part. */
import { z } from 'zod';
import { PLAN_KINDS } from '../domain/code-lists.ts';
import { MOST_OPEN_PROPOSALS, MOST_PLAN_PARTS, PLAN_DECLINE_CODES, PLAN_PROPOSAL_STATUSES } from '../domain/plan.ts';
import { category, day, id, instant, page, pageQuery } from './common.ts';
import { entryView } from './entries.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';
import { entryBodySchema } from './payload.ts';

const planKind = z.enum(PLAN_KINDS);
const declineCode = z.enum(PLAN_DECLINE_CODES);

const header = {
  id,
  kind: planKind.describe('Of its Laufzettel; the category of every entry in it as well'),
  nameCode: z.string().describe('From the code list PLAN_NAMES'),
  nameLabel: z.string().describe('As it read when the plan was opened'),
  laufzettelId: id,
  clientId: id.describe('Your own handle'),
  openedBy: id,
  partner: id.describe('The other side, for who opened it'),
  createdAt: instant,
};
export const planHeaderView = z.object(header);

const replacesView = id.nullable().describe('The entry that it is to replace, as far as you may read it');

const proposal = {
  id,
  planId: id,
  partId: id.describe('The part that it is to become, or to change'),
  proposedBy: id,
  status: z
    .enum(PLAN_PROPOSAL_STATUSES)
    .describe('LAPSED: of your own, when the other side may not read it any more and nobody can answer it'),
  code: declineCode.nullable().describe('Why it was declined'),
  place: z.enum(['DEFAULT', 'FIRST', 'AFTER']).describe('DEFAULT: where the part is; a new one at the end'),
  after: id.nullable().describe('Of AFTER: the part that it is to stand behind'),
  reviewOn: day.nullable().describe('When the part is to be looked at again'),
  forwardingId: id.describe('The forwarding that carries the entry'),
  proposedAt: instant,
  answeredAt: instant.nullable(),
};
export const planProposalView = z.object({ ...proposal, replaces: replacesView, entry: entryView });

export const planView = z.object({
  ...header,
  version: z.int().describe('Counts the proposals and answers that you see'),
  parts: z
    .array(
      z.object({
        id,
        proposalId: id.describe('The proposal by which it was agreed on'),
        reviewOn: day.nullable(),
        agreedAt: instant,
        entry: entryView,
      }),
    )
    .describe('What is agreed on, in its order, as far as you may read it now'),
  openProposals: z.array(planProposalView).describe('Not answered yet, oldest first'),
  closedEntries: z
    .array(z.object({ entryId: id, category, closedAt: instant }))
    .describe('What you had read of it and may read no more'),
});

/** What an agency takes away of what it proposed; the entries stand on lines of their own. */
export const ownPlanProposalView = z.object({
  id,
  planId: id,
  partId: id,
  entryId: id,
  forwardingId: id,
  reviewOn: day.nullable(),
  status: z.enum(PLAN_PROPOSAL_STATUSES),
  code: declineCode.nullable(),
  proposedAt: instant,
  answeredAt: instant.nullable(),
});

export const openPlanBody = z.strictObject({
  laufzettelId: id.describe('Created or received by you, of kind FOERDERPLAN or BERUFSWEGEPLANUNG'),
  partner: id.describe('The agency that writes it with you'),
  nameCode: z
    .string()
    .regex(/^[A-Z0-9_]{1,60}$/, 'is no code')
    .describe('A code of PLAN_NAMES that is in use today'),
});

export const proposePlanPartBody = z
  .strictObject({
    partId: id.optional().describe('The part to be changed; left out: a new one'),
    replaces: id.nullable().default(null).describe('The entry that stands there; null where none does'),
    after: id
      .nullable()
      .optional()
      .describe('The part to stand behind; null: first. Left out: where it is, or at the end'),
    reviewOn: day
      .nullable()
      .optional()
      .describe(
        'When it is to be looked at again; null: on no day. Left out: on the last day that the law leaves, if it names one',
      ),
    entry: entryBodySchema.optional().describe('Written with it, of the category that the plan has as its kind'),
    entryId: id.optional().describe('Or one that you have written already'),
  })
  .refine(({ entry, entryId }) => (entry === undefined) !== (entryId === undefined), 'names one of entry and entryId');
export type ProposePlanPartInput = z.output<typeof proposePlanPartBody>;

export const answerPlanProposalBody = z
  .strictObject({
    answer: z.enum(['ACCEPT', 'DECLINE']),
    code: declineCode.optional().describe('Why you decline; for a DECLINE alone'),
    replaces: id
      .nullable()
      .optional()
      .describe('The entry that stands there now, when it is another one than the proposal replaces; null: none does'),
  })
  .refine(
    ({ answer, code }) => (answer === 'DECLINE') === (code !== undefined),
    'says a code when it declines, and only then',
  );
export type AnswerPlanProposalInput = z.output<typeof answerPlanProposalBody>;

const planFilter = z.strictObject({
  ...pageQuery.shape,
  clientId: id.optional().describe('About this client; your own handle'),
  laufzettelId: id.optional(),
  kind: planKind.optional().describe('Only those of this kind'),
});
export type PlanQuery = z.output<typeof planFilter>;

const planParams = z.object({ planId: id });
const proposalParams = z.object({ planId: id, planProposalId: id });

const PART_EXAMPLE = {
  entry: {
    category: 'FOERDERPLAN',
    payload: { ziele: ['Deutsch B1 bis zum Sommer'], status: 'OFFEN', zustaendig: 'GEMEINSAM' },
    secrecy: false,
  },
  reviewOn: '2027-05-20',
};

export const planOperations = [
  {
    id: 'openPlan',
    tag: 'Plans',
    summary: 'Open a plan with another agency',
    description:
      'It belongs to a Laufzettel and holds nothing about the client itself. For the other side it begins with the first proposal that is disclosed to it.',
    method: 'POST',
    path: '/v1/plans',
    graphql: { type: 'mutation', field: 'openPlan' },
    scopes: ['laufzettel:write'],
    body: openPlanBody,
    status: 201,
    output: planView,
    problems: ['not-found', 'transition-illegal', 'rule-broken'],
    example: {
      body: { laufzettelId: EXAMPLE_IDS.plannedLaufzettel, partner: EXAMPLE_IDS.caritas, nameCode: 'FOERDERPLAN' },
    },
  },
  {
    id: 'listPlans',
    tag: 'Plans',
    summary: 'List your plans, newest first',
    method: 'GET',
    path: '/v1/plans',
    graphql: { type: 'query', field: 'plans' },
    scopes: ['laufzettel:read'],
    query: planFilter,
    status: 200,
    output: page(planHeaderView),
    problems: [],
    example: { query: { limit: 20, kind: 'FOERDERPLAN' } },
  },
  {
    id: 'getPlan',
    tag: 'Plans',
    summary: 'Get a plan: what is agreed on, and what is proposed',
    description:
      'Folded from the proposals whose entry you wrote or may read at this moment, as if there were no others. Reading it is reading its entries.',
    method: 'GET',
    path: '/v1/plans/{planId}',
    graphql: { type: 'query', field: 'plan' },
    scopes: ['laufzettel:read'],
    params: planParams,
    status: 200,
    output: planView,
    problems: ['not-found'],
    example: { params: { planId: EXAMPLE_IDS.plan } },
  },
  {
    id: 'listPlanHistory',
    tag: 'Plans',
    summary: 'Every proposal of a plan with its answer, newest first',
    method: 'GET',
    path: '/v1/plans/{planId}/history',
    graphql: { type: 'query', field: 'planHistory' },
    scopes: ['laufzettel:read'],
    params: planParams,
    query: pageQuery,
    status: 200,
    output: page(planProposalView),
    problems: ['not-found'],
    example: { params: { planId: EXAMPLE_IDS.plan }, query: { limit: 20 } },
  },
  {
    id: 'proposePlanPart',
    changes: 'getPlan',
    tag: 'Plans',
    summary: 'Propose a part of a plan, or another content for one',
    description: `Your entry goes to the other side by the ordinary consent check; refused with 403 \`consent-missing\`, and then nothing is kept. Whoever changes a part names the entry that it sees there: 409 \`conflict\` when another one stands there by now, with \`current\`. A part is dropped by a proposal whose \`status\` is ENTFALLEN. At most ${MOST_PLAN_PARTS} parts, and ${MOST_OPEN_PROPOSALS} open proposals of each side.`,
    method: 'POST',
    path: '/v1/plans/{planId}/proposals',
    graphql: { type: 'mutation', field: 'proposePlanPart' },
    scopes: ['laufzettel:write'],
    params: planParams,
    body: proposePlanPartBody,
    status: 201,
    output: planProposalView,
    problems: ['not-found', 'consent-missing', 'conflict', 'transition-illegal', 'rule-broken'],
    example: { params: { planId: EXAMPLE_IDS.plan }, body: PART_EXAMPLE },
  },
  {
    id: 'getPlanProposal',
    tag: 'Plans',
    summary: 'Get a proposal of a plan',
    method: 'GET',
    path: '/v1/plans/{planId}/proposals/{planProposalId}',
    graphql: { type: 'query', field: 'planProposal' },
    scopes: ['laufzettel:read'],
    params: proposalParams,
    status: 200,
    output: planProposalView,
    problems: ['not-found'],
    example: { params: { planId: EXAMPLE_IDS.plan, planProposalId: EXAMPLE_IDS.planProposal } },
  },
  {
    id: 'answerPlanProposal',
    changes: 'getPlanProposal',
    tag: 'Plans',
    summary: 'Accept or decline a proposal of the other side',
    description:
      'An accepted one is what the part says from then on. Read it first. Its forwarding is closed with the answer, and does not expire. 409 `conflict` when the part has another entry by now than the one that it replaces.',
    method: 'POST',
    path: '/v1/plans/{planId}/proposals/{planProposalId}/answer',
    graphql: { type: 'mutation', field: 'answerPlanProposal' },
    scopes: ['laufzettel:write'],
    params: proposalParams,
    body: answerPlanProposalBody,
    status: 200,
    output: planProposalView,
    problems: ['not-found', 'conflict', 'transition-illegal'],
    example: {
      params: { planId: EXAMPLE_IDS.plan, planProposalId: EXAMPLE_IDS.planProposal },
      body: { answer: 'ACCEPT' },
    },
  },
  {
    id: 'withdrawPlanProposal',
    changes: 'getPlanProposal',
    tag: 'Plans',
    summary: 'Withdraw a proposal of yours that is not answered',
    description: 'Recalls its forwarding, unless that was accepted already.',
    method: 'POST',
    path: '/v1/plans/{planId}/proposals/{planProposalId}/withdraw',
    graphql: { type: 'mutation', field: 'withdrawPlanProposal' },
    scopes: ['laufzettel:write'],
    params: proposalParams,
    status: 200,
    output: planProposalView,
    problems: ['not-found', 'transition-illegal'],
    example: { params: { planId: EXAMPLE_IDS.plan, planProposalId: EXAMPLE_IDS.planProposal } },
  },
] as const satisfies readonly Operation[];
