/** Forwardings: previewed, sent, read, listed. */
import * as view from '../contract/views.ts';
import { isProblem } from '../domain/problem.ts';
import type { ForwardRequest } from '../usecases/decide-forwarding.ts';
import { forwardLaufzettel } from '../usecases/forward-laufzettel.ts';
import { listInbox, listSent } from '../usecases/list-forwardings.ts';
import { previewForwarding } from '../usecases/preview-forwarding.ts';
import { getForwarding } from '../usecases/read-forwarding.ts';
import { type Context, pageOf, param, type Runs, shown } from './kit.ts';

export const forwardingHandlers = ({ deps, previews }: Context) =>
  ({
    previewForwarding: async (actor, input) => {
      const request = input.body as ForwardRequest;
      const limited = await previews.take(actor);
      if (limited !== null) return limited;
      return shown(await previewForwarding(deps, actor, param(input, 'laufzettelId'), request), view.viewPreview);
    },
    forwardLaufzettel: async (actor, input) => {
      const request = input.body as ForwardRequest;
      const answer = await forwardLaufzettel(deps, actor, param(input, 'laufzettelId'), request);
      // A refusal tells as much as a preview, and is counted as one.
      const limited = isProblem(answer) && answer.problem === 'consent-missing' ? await previews.take(actor) : null;
      return (
        limited ??
        shown(answer, (sent) => ({
          forwarding: view.viewForwarding(sent.forwarding),
          withheld: sent.withheld,
        }))
      );
    },
    getForwarding: async (actor, input) =>
      shown(await getForwarding(deps, actor, param(input, 'forwardingId')), view.viewForwarding),
    listInbox: async (actor, input) =>
      shown(await listInbox(deps, actor, pageOf(input)), view.viewPage(view.viewHeader)),
    listSent: async (actor, input) => shown(await listSent(deps, actor, pageOf(input)), view.viewPage(view.viewHeader)),
  }) satisfies Runs;
