/** Addresses that an agency has its events pushed to: registering one, proving that it is one's own, and looking after it. */
import type { Instant } from '../domain/facts.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import { type Answer, notFound } from './answer.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import type {
  Actor,
  ChangedWebhook,
  Deps,
  TroubledWebhook,
  WebhookAttempt,
  WebhookChange,
  WebhookMessage,
  WebhookRecord,
} from './ports.ts';

const MOST_OF_ONE_AGENCY = 10;
const CODE_MINUTES = 60;

const tooMany = problem('conflict', `An agency has at most ${MOST_OF_ONE_AGENCY} webhooks. Disable one first.`);
const unknown = (): Problem => notFound('webhook');

/** The secret is shown to whoever made it, and never again. */
export type WebhookWithSecret = WebhookRecord & { secret: string };

export interface NewWebhook {
  url: string;
  description: string;
  ordered: boolean;
}

/** It is active once the code that is sent to it has come back by `confirmWebhook`. */
export async function registerWebhook(deps: Deps, actor: Actor, about: NewWebhook): Promise<Answer<WebhookWithSecret>> {
  // Nobody's address is looked up for who may not have one.
  const present = await deps.webhooks.list(actor, null, MOST_OF_ONE_AGENCY);
  if (present.filter(({ disabledWhy }) => disabledWhy !== 'OWN').length >= MOST_OF_ONE_AGENCY) return tooMany;
  const fault = await deps.webhookPost.fault(about.url);
  if (fault !== null) {
    return problem('rule-broken', 'Events cannot be pushed to this address.', {
      errors: [{ pointer: '/url', detail: fault }],
    });
  }
  const id = deps.newId();
  const keys = deps.webhookKeys.make();
  const publicKey = deps.webhookPost.publicKeyText(keys);
  const sealed = deps.webhookKeys.seal(id, keys);
  const created = await deps.webhooks.create(actor, { ...about, id, publicKey }, sealed, MOST_OF_ONE_AGENCY);
  if (created === null) return tooMany;
  await testWebhook(deps, actor, id);
  return { ...created, secret: deps.webhookPost.secretText(keys) };
}

export const listWebhooks = (deps: Deps, actor: Actor, query: PageQuery): Promise<Answer<Page<WebhookRecord>>> =>
  paged(deps.vault, actor, query, {
    name: 'webhooks',
    load: (after, most) => deps.webhooks.list(actor, after, most),
    positionOf: ({ createdAt, id }) => ({ at: createdAt, id }),
  });

export const getWebhook = async (deps: Deps, actor: Actor, webhookId: string): Promise<Answer<WebhookRecord>> =>
  (await deps.webhooks.get(actor, webhookId)) ?? unknown();

/** Sends a test; to an address that is not confirmed the code again. Tells what came of it. */
export async function testWebhook(deps: Deps, actor: Actor, webhookId: string): Promise<Answer<WebhookAttempt>> {
  const found = await deps.webhooks.keysOf(actor, webhookId);
  if (found === null) return unknown();
  if (found.status === 'DISABLED') return problem('conflict', 'It is disabled. Enable it first.');
  const message = found.status === 'PENDING' ? await proofOf(deps, actor, webhookId) : testOf(deps, webhookId);
  const keys = found.keys.map((sealed) => deps.webhookKeys.open(webhookId, sealed));
  const attempted = await deps.webhookPost.send(found.url, message, keys);
  const { id: eventId, type } = message;
  return (await deps.webhooks.noteTest(actor, webhookId, { eventId, type, ...attempted })) ?? unknown();
}

/** Attempts are kept for a month. */
export const getWebhookAttempt = async (deps: Deps, actor: Actor, attemptId: string): Promise<Answer<WebhookAttempt>> =>
  (await deps.webhooks.attempt(actor, attemptId)) ?? notFound('attempt');

/** To whom the same request is answered again, the secret is shown again. */
export async function webhookWithSecret(
  deps: Deps,
  actor: Actor,
  webhookId: string,
): Promise<Answer<WebhookWithSecret>> {
  const [webhook, found] = [await getWebhook(deps, actor, webhookId), await deps.webhooks.keysOf(actor, webhookId)];
  if (isProblem(webhook) || found === null) return unknown();
  return { ...webhook, secret: deps.webhookPost.secretText(deps.webhookKeys.open(webhookId, found.keys[0]!)) };
}

const testOf = (deps: Deps, webhookId: string): WebhookMessage => ({
  id: deps.newId(),
  type: 'webhook.test',
  subject: webhookId,
  data: { webhookId },
});

/** Whoever can give the code back reads what arrives at the address. */
async function proofOf(deps: Deps, actor: Actor, webhookId: string): Promise<WebhookMessage> {
  const code = deps.webhookKeys.makeCode();
  await deps.webhooks.setCode(actor, webhookId, deps.webhookKeys.hashOfCode(code), CODE_MINUTES);
  return { id: deps.newId(), type: 'webhook.verification', subject: webhookId, data: { webhookId, code } };
}

export async function confirmWebhook(
  deps: Deps,
  actor: Actor,
  webhookId: string,
  code: string,
): Promise<Answer<WebhookRecord>> {
  const hash = deps.webhookKeys.hashOfCode(code).toString('hex');
  const changed = await deps.webhooks.change(actor, webhookId, { change: 'CONFIRM', hash });
  if (changed?.outcome === 'code-wrong') {
    const detail = 'is not the one sent last, or older than an hour; have it sent again by testWebhook';
    return problem('rule-broken', 'This code does not prove that the address is yours.', {
      errors: [{ pointer: '/code', detail }],
    });
  }
  return shownOr(changed, 'It is confirmed already, or disabled.');
}

/** The former secret signs too for so many hours, beside the new one, which is shown here and never again. */
export async function rotateWebhookSecret(
  deps: Deps,
  actor: Actor,
  webhookId: string,
  hours: number,
): Promise<Answer<WebhookWithSecret>> {
  const keys = deps.webhookKeys.make();
  const change: WebhookChange = {
    change: 'ROTATE',
    keys: deps.webhookKeys.seal(webhookId, keys).toString('hex'),
    publicKey: deps.webhookPost.publicKeyText(keys),
    hours,
  };
  const changed = await deps.webhooks.change(actor, webhookId, change);
  if (changed?.outcome !== 'ok') return unknown();
  return { ...changed.webhook, secret: deps.webhookPost.secretText(keys) };
}

/** Whatever waits, and what was given up, is sent then. */
export const enableWebhook = async (deps: Deps, actor: Actor, webhookId: string): Promise<Answer<WebhookRecord>> =>
  shownOr(
    await deps.webhooks.change(actor, webhookId, { change: 'ENABLE', most: MOST_OF_ONE_AGENCY }),
    'It is not disabled.',
  );

export const disableWebhook = async (deps: Deps, actor: Actor, webhookId: string): Promise<Answer<WebhookRecord>> =>
  shownOr(await deps.webhooks.change(actor, webhookId, { change: 'DISABLE' }), 'It is disabled already.');

function shownOr(changed: ChangedWebhook, conflict: string): Answer<WebhookRecord> {
  if (changed === null) return unknown();
  if (changed.outcome === 'too-many') return tooMany;
  return changed.outcome === 'ok' ? changed.webhook : problem('conflict', conflict);
}

export async function resendToWebhook(
  deps: Deps,
  actor: Actor,
  webhookId: string,
  what: { sequence: number } | { since: Instant },
): Promise<Answer<WebhookRecord>> {
  const resent = await deps.webhooks.resend(actor, webhookId, what);
  if (resent === null) return unknown();
  if (resent.outcome === 'ok') return resent.webhook;
  if (resent.outcome === 'conflict') return problem('conflict', 'It is sent nothing now: confirm or enable it first.');
  return problem('rule-broken', 'There is nothing to send again.', {
    errors: [{ pointer: '/sequence', detail: 'is no event that was sent to this webhook' }],
  });
}

/** Newest first. */
export const listWebhookAttempts = (
  deps: Deps,
  actor: Actor,
  webhookId: string,
  query: PageQuery,
): Promise<Answer<Page<WebhookAttempt>>> =>
  paged(deps.vault, actor, query, {
    name: `webhook-attempts:${webhookId}`,
    load: (before, most) => deps.webhooks.attempts(actor, webhookId, before, most),
    positionOf: ({ at, id }) => ({ at, id }),
    missing: unknown(),
  });

/** For the admin. */
export const listTroubledWebhooks = (
  deps: Deps,
  actor: Actor,
  query: PageQuery,
): Promise<Answer<Page<TroubledWebhook>>> =>
  paged(deps.vault, actor, query, {
    name: 'troubled-webhooks',
    load: (after, most) => deps.webhooks.troubled(actor, after, most),
    positionOf: ({ createdAt, webhookId }) => ({ at: createdAt, id: webhookId }),
  });
