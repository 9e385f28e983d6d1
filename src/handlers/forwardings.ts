/** Forwardings, from preview to reject. */
import type { ForwardingQuery } from '../contract/forwarding-filter.ts';
import * as view from '../contract/views.ts';
import type { RejectCode } from '../domain/laufzettel.ts';
import { isProblem } from '../domain/problem.ts';
import type { ForwardRequest } from '../usecases/decide-forwarding.ts';
import { forwardLaufzettel } from '../usecases/forward-laufzettel.ts';
import { listInbox, listSent } from '../usecases/list-forwardings.ts';
import { previewForwarding } from '../usecases/preview-forwarding.ts';
import { getForwarding } from '../usecases/read-forwarding.ts';
import { acceptForwarding, rejectForwarding } from '../usecases/step-forwarding.ts';
import { toFilter } from './inputs.ts';
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
    listInbox: async (actor, input) => {
      const filter = toFilter(input.query as ForwardingQuery);
      return shown(await listInbox(deps, actor, pageOf(input), filter), view.viewPage(view.viewHeader));
    },
    listSent: async (actor, input) => {
      const filter = toFilter(input.query as ForwardingQuery);
      return shown(await listSent(deps, actor, pageOf(input), filter), view.viewPage(view.viewHeader));
    },
    acceptForwarding: async (actor, input) => {
      const { expectedVersion } = input.body as { expectedVersion: number };
      return shown(await acceptForwarding(deps, actor, param(input, 'forwardingId'), expectedVersion), view.viewHeader);
    },
    rejectForwarding: async (actor, input) => {
      const { expectedVersion, code } = input.body as { expectedVersion: number; code: RejectCode };
      const rejected = await rejectForwarding(deps, actor, param(input, 'forwardingId'), expectedVersion, code);
      return shown(rejected, view.viewHeader);
    },
  }) satisfies Runs;
