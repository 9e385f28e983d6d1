import { z } from 'zod';
import { ATTEMPT_OUTCOMES, DISABLED_WHY, WEBHOOK_STATUSES } from '../domain/webhook.ts';
import { id, instant, instantOrDay, line, page, pageQuery } from './common.ts';
import { sequence } from './events.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';

const about = {
  url: z.string().max(500).describe('https; the name of a host that everybody can reach'),
  description: line(200).describe('What it is to you; nothing about clients'),
  ordered: z
    .boolean()
    .describe(
      'Of one Laufzettel you are sent one event after the other: the next one when the one before was taken, or given up after three days',
    ),
};

const status = z
  .enum(WEBHOOK_STATUSES)
  .describe('PENDING: its code has not come back. ACTIVE. DISABLED: it is sent nothing; what comes meanwhile waits');
const disabledWhy = z
  .enum(DISABLED_WHY)
  .nullable()
  .describe('OWN: you said so. GONE: its address answered 410. FAILING: it took nothing for days');

export const webhookView = z.object({
  id,
  ...about,
  status,
  disabledWhy,
  publicKey: z.string().describe('`whpk_…`, with which signatures `v1a` are verified'),
  formerUntil: instant.nullable().describe('Until when the former secret signs too; null: there is none'),
  deliveredThrough: sequence.describe('Every event up to this number was delivered'),
  failures: z.int().describe('How often in a row nothing got through'),
  restsUntil: instant
    .nullable()
    .describe(
      'Nothing is sent before; then what is due, or the next event; or at once when it is resent to or enabled',
    ),
  succeededAt: instant.nullable().describe('When it last took something'),
  version: z.int(),
  createdAt: instant,
});

const secret = z
  .string()
  .describe(
    '`whsec_…`, with which signatures `v1` are verified; shown here and never again, but to the same Idempotency-Key within a day',
  );
const webhookWithSecret = webhookView.extend({ secret });

export const attemptView = z.object({
  id,
  eventId: id.describe('The `webhook-id`, the same at each attempt'),
  type: z.string(),
  sequence: sequence.nullable().describe('null: a test, or the proof that the address is yours'),
  attempt: z.int().describe('How often it has been tried, from 1 on'),
  outcome: z
    .enum(ATTEMPT_OUTCOMES)
    .describe(
      'DELIVERED: 2xx. GONE: 410. STATUS: another one. REDIRECT is not followed. TIMEOUT: not done in time, 15 seconds as a rule. NAME: not found, or it leads to an address that may not be called. ADDRESS_REFUSED: the address may not be called',
    ),
  httpStatus: z.int().nullable(),
  durationMs: z.int(),
  at: instant,
});

const troubledView = z.object({
  webhookId: id,
  agencyId: id,
  status,
  disabledWhy,
  failures: z.int(),
  restsUntil: instant.nullable(),
  succeededAt: instant.nullable(),
  createdAt: instant,
});

const params = z.object({ webhookId: id });
const scopes = ['agency:admin'] as const;
const example = { params: { webhookId: EXAMPLE_IDS.webhook } };

export const webhookOperations = [
  {
    id: 'registerWebhook',
    tag: 'Webhooks',
    summary: 'Have your events pushed to an address',
    description:
      'Standard Webhooks (v1 and v1a): a signed POST for each event, the body a CloudEvent as `listEvents` has it. A message of the type `webhook.verification` is sent to the address at once; give its `data.code` to `confirmWebhook` within an hour, and it is active. It is sent what comes from now on; what came before has `listEvents`.',
    method: 'POST',
    path: '/v1/webhooks',
    graphql: { type: 'mutation', field: 'registerWebhook' },
    scopes,
    also: 'laufzettel:read',
    body: z.strictObject({ ...about, ordered: about.ordered.default(false) }),
    status: 201,
    output: webhookWithSecret,
    problems: ['rule-broken', 'conflict'],
    example: { body: { url: EXAMPLE_IDS.webhookUrl, description: 'Fachverfahren, Produktion' } },
  },
  {
    id: 'listWebhooks',
    tag: 'Webhooks',
    summary: 'List your webhooks',
    method: 'GET',
    path: '/v1/webhooks',
    graphql: { type: 'query', field: 'webhooks' },
    scopes,
    query: pageQuery,
    status: 200,
    output: page(webhookView),
    problems: [],
    example: {},
  },
  {
    id: 'listTroubledWebhooks',
    tag: 'Webhooks',
    summary: 'Webhooks of all agencies that fail or were disabled by the exchange (admin)',
    description: 'Whose they are and since when they take nothing; neither addresses nor events.',
    method: 'GET',
    path: '/v1/troubled-webhooks',
    graphql: { type: 'query', field: 'troubledWebhooks' },
    scopes: ['exchange:admin'],
    query: pageQuery,
    status: 200,
    output: page(troubledView),
    problems: [],
    example: {},
  },
  {
    id: 'getWebhook',
    tag: 'Webhooks',
    summary: 'Get one webhook, and how far it is',
    method: 'GET',
    path: '/v1/webhooks/{webhookId}',
    graphql: { type: 'query', field: 'webhook' },
    scopes,
    params,
    status: 200,
    output: webhookView,
    problems: ['not-found'],
    example,
  },
  {
    id: 'confirmWebhook',
    tag: 'Webhooks',
    summary: 'Prove that the address is yours, by the code that was sent to it',
    method: 'POST',
    path: '/v1/webhooks/{webhookId}/confirm',
    graphql: { type: 'mutation', field: 'confirmWebhook' },
    scopes,
    also: 'laufzettel:read',
    params,
    body: z.strictObject({ code: line(100).describe('`data.code` of the message `webhook.verification`') }),
    status: 200,
    output: webhookView,
    problems: ['not-found', 'conflict', 'rule-broken'],
    example: { ...example, body: { code: EXAMPLE_IDS.webhookCode } },
  },
  {
    id: 'testWebhook',
    tag: 'Webhooks',
    summary: 'Send a test now, and see what comes of it',
    description: 'A message of the type `webhook.test`; to an address that is not confirmed yet, the code once more.',
    method: 'POST',
    path: '/v1/webhooks/{webhookId}/test',
    graphql: { type: 'mutation', field: 'testWebhook' },
    scopes,
    params,
    status: 200,
    output: attemptView,
    problems: ['not-found', 'conflict'],
    example,
  },
  {
    id: 'rotateWebhookSecret',
    tag: 'Webhooks',
    summary: 'Sign with a new secret, for a while with the former one too',
    description: 'Every message then has signatures by both, until you have changed your side.',
    method: 'POST',
    path: '/v1/webhooks/{webhookId}/rotate',
    graphql: { type: 'mutation', field: 'rotateWebhookSecret' },
    scopes,
    params,
    body: z.strictObject({
      overlapHours: z.int().min(0).max(168).default(24).describe('For how long the former one signs too; 0: no more'),
    }),
    status: 200,
    output: webhookWithSecret,
    problems: ['not-found'],
    example: { ...example, body: { overlapHours: 24 } },
  },
  {
    id: 'listWebhookAttempts',
    tag: 'Webhooks',
    summary: 'What was sent to a webhook in the last month and what came of it, newest first',
    method: 'GET',
    path: '/v1/webhooks/{webhookId}/attempts',
    graphql: { type: 'query', field: 'webhookAttempts' },
    scopes,
    params,
    query: pageQuery,
    status: 200,
    output: page(attemptView),
    problems: ['not-found'],
    example: { ...example, query: { limit: 50 } },
  },
  {
    id: 'resendToWebhook',
    tag: 'Webhooks',
    summary: 'Send one event again, or all since a moment',
    description: 'For a receiver that lost what it had taken. Each has the same `webhook-id` as before.',
    method: 'POST',
    path: '/v1/webhooks/{webhookId}/resend',
    graphql: { type: 'mutation', field: 'resendToWebhook' },
    scopes,
    also: 'laufzettel:read',
    params,
    body: z
      .strictObject({
        sequence: sequence.nullable().default(null).describe('One: the number of the event'),
        since: instantOrDay.nullable().default(null).describe('All that happened then or later'),
      })
      .refine((body) => (body.sequence === null) !== (body.since === null), 'needs either sequence or since'),
    status: 200,
    output: webhookView,
    problems: ['not-found', 'conflict', 'rule-broken'],
    example: { ...example, body: { since: '2026-11-01' } },
  },
  {
    id: 'disableWebhook',
    tag: 'Webhooks',
    summary: 'Send nothing to a webhook any more',
    method: 'POST',
    path: '/v1/webhooks/{webhookId}/disable',
    graphql: { type: 'mutation', field: 'disableWebhook' },
    scopes,
    params,
    status: 200,
    output: webhookView,
    problems: ['not-found', 'conflict'],
    example,
  },
  {
    id: 'enableWebhook',
    tag: 'Webhooks',
    summary: 'Send to a webhook again, beginning with what waits for it',
    method: 'POST',
    path: '/v1/webhooks/{webhookId}/enable',
    graphql: { type: 'mutation', field: 'enableWebhook' },
    scopes,
    also: 'laufzettel:read',
    params,
    status: 200,
    output: webhookView,
    problems: ['not-found', 'conflict'],
    example,
  },
] as const satisfies readonly Operation[];
