/** Addresses that events are pushed to. */
import { toInstant } from '../contract/common.ts';
import type { ParsedInput } from '../contract/run.ts';
import * as view from '../contract/views.ts';
import { isProblem } from '../domain/problem.ts';
import type { Actor, Effect } from '../usecases/ports.ts';
import * as webhooks from '../usecases/webhooks.ts';
import { type Context, idIn, pageOf, param, type Runs, shown } from './kit.ts';
import { perAgency } from './limits.ts';

/** Each of these sends a request to an address of the caller's choice. */
const SENT_PER_MINUTE = 20;

const whatToResend = ({ body }: ParsedInput): { sequence: number } | { since: number } => {
  const { sequence, since } = body as { sequence: string | null; since: string | null };
  return sequence === null ? { since: toInstant(since!) } : { sequence: Number(sequence) };
};

export const webhookHandlers = ({ deps }: Context) => {
  const sent = perAgency(SENT_PER_MINUTE, 60);
  const webhookId = (input: ParsedInput): string => param(input, 'webhookId');
  const show = async (actor: Actor, id: string) => shown(await webhooks.getWebhook(deps, actor, id), view.viewWebhook);
  const present = (actor: Actor, effect: Effect) => show(actor, idIn(effect, 'webhook'));
  const presentWithSecret = async (actor: Actor, effect: Effect) =>
    shown(await webhooks.webhookWithSecret(deps, actor, idIn(effect, 'webhook')), view.viewWebhook);
  return {
    registerWebhook: {
      run: async (actor, { body }) =>
        (await sent.take(actor)) ??
        shown(await webhooks.registerWebhook(deps, actor, body as webhooks.NewWebhook), view.viewWebhook),
      replay: presentWithSecret,
    },
    listWebhooks: async (actor, input) =>
      shown(await webhooks.listWebhooks(deps, actor, pageOf(input)), view.viewPage(view.viewWebhook)),
    listTroubledWebhooks: async (actor, input) =>
      shown(await webhooks.listTroubledWebhooks(deps, actor, pageOf(input)), view.viewPage(view.viewTroubledWebhook)),
    getWebhook: (actor, input) => show(actor, webhookId(input)),
    confirmWebhook: {
      run: async (actor, input) => {
        const { code } = input.body as { code: string };
        return shown(await webhooks.confirmWebhook(deps, actor, webhookId(input), code), view.viewWebhook);
      },
      replay: present,
    },
    testWebhook: {
      run: async (actor, input) => {
        const found = await webhooks.getWebhook(deps, actor, webhookId(input));
        const refused = isProblem(found) ? found : await sent.take(actor);
        return refused ?? shown(await webhooks.testWebhook(deps, actor, webhookId(input)), view.viewAttempt);
      },
      replay: async (actor, effect) =>
        shown(await webhooks.getWebhookAttempt(deps, actor, idIn(effect, 'attempt')), view.viewAttempt),
    },
    rotateWebhookSecret: {
      run: async (actor, input) => {
        const { overlapHours } = input.body as { overlapHours: number };
        const rotated = await webhooks.rotateWebhookSecret(deps, actor, webhookId(input), overlapHours);
        return shown(rotated, view.viewWebhook);
      },
      replay: presentWithSecret,
    },
    listWebhookAttempts: async (actor, input) =>
      shown(
        await webhooks.listWebhookAttempts(deps, actor, webhookId(input), pageOf(input)),
        view.viewPage(view.viewAttempt),
      ),
    resendToWebhook: {
      run: async (actor, input) =>
        shown(await webhooks.resendToWebhook(deps, actor, webhookId(input), whatToResend(input)), view.viewWebhook),
      replay: present,
    },
    disableWebhook: {
      run: async (actor, input) =>
        shown(await webhooks.disableWebhook(deps, actor, webhookId(input)), view.viewWebhook),
      replay: present,
    },
    enableWebhook: {
      run: async (actor, input) => shown(await webhooks.enableWebhook(deps, actor, webhookId(input)), view.viewWebhook),
      replay: present,
    },
  } satisfies Runs;
};
