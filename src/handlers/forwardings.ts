/** Forwardings: previewed, sent, read, listed. */
import type { ForwardingQuery } from '../contract/forwarding-filter.ts';
import * as view from '../contract/views.ts';
import type { Answer } from '../usecases/answer.ts';
import type { ForwardRequest } from '../usecases/decide-forwarding.ts';
import { type Forwarded, forwardLaufzettel } from '../usecases/forward-laufzettel.ts';
import { forwardedBefore } from '../usecases/forwarded-before.ts';
import { listInbox, listSent } from '../usecases/list-forwardings.ts';
import type { Actor } from '../usecases/ports.ts';
import { previewForwarding } from '../usecases/preview-forwarding.ts';
import { getForwarding, peekForwarding } from '../usecases/read-forwarding.ts';
import { toFilter } from './inputs.ts';
import { type Context, countedIfRefused, pageOf, param, type Runs, shown } from './kit.ts';

const viewForwarded = (sent: Forwarded) => ({
  forwarding: view.viewForwarding(sent.forwarding),
  withheld: sent.withheld,
});

export const forwardingHandlers = ({ deps, previews }: Context) => {
  const answered = (actor: Actor, answer: Answer<Forwarded>) =>
    countedIfRefused(previews, actor, answer, viewForwarded);
  return {
    previewForwarding: async (actor, input) => {
      const request = input.body as ForwardRequest;
      const limited = await previews.take(actor);
      if (limited !== null) return limited;
      return shown(await previewForwarding(deps, actor, param(input, 'laufzettelId'), request), view.viewPreview);
    },
    forwardLaufzettel: {
      run: async (actor, input) => {
        const request = input.body as ForwardRequest;
        return answered(actor, await forwardLaufzettel(deps, actor, param(input, 'laufzettelId'), request));
      },
      replay: async (actor, effect) => answered(actor, await forwardedBefore(deps, actor, effect)),
    },
    getForwarding: {
      run: async (actor, input) =>
        shown(await getForwarding(deps, actor, param(input, 'forwardingId')), view.viewForwarding),
      peek: async (actor, input) =>
        shown(await peekForwarding(deps, actor, param(input, 'forwardingId')), view.viewForwarding),
    },
    listInbox: async (actor, input) => {
      const filter = toFilter(input.query as ForwardingQuery);
      return shown(await listInbox(deps, actor, pageOf(input), filter), view.viewPage(view.viewHeader));
    },
    listSent: async (actor, input) => {
      const filter = toFilter(input.query as ForwardingQuery);
      return shown(await listSent(deps, actor, pageOf(input), filter), view.viewPage(view.viewHeader));
    },
  } satisfies Runs;
};
