/** Forwardings, from preview to reject. */
import * as view from '../contract/views.ts';
import type { RejectCode } from '../domain/laufzettel.ts';
import { isProblem } from '../domain/problem.ts';
import type { Answer } from '../usecases/answer.ts';
import type { ForwardRequest } from '../usecases/decide-forwarding.ts';
import { type Forwarded, forwardLaufzettel } from '../usecases/forward-laufzettel.ts';
import { forwardedBefore } from '../usecases/forwarded-before.ts';
import { listInbox, listSent } from '../usecases/list-forwardings.ts';
import type { Actor, Effect } from '../usecases/ports.ts';
import { previewForwarding } from '../usecases/preview-forwarding.ts';
import { getForwarding, peekForwarding } from '../usecases/read-forwarding.ts';
import { acceptForwarding, getForwardingHeader, rejectForwarding } from '../usecases/step-forwarding.ts';
import { type Context, idIn, pageOf, param, type Runs, shown } from './kit.ts';

const viewForwarded = (sent: Forwarded) => ({
  forwarding: view.viewForwarding(sent.forwarding),
  withheld: sent.withheld,
});

export const forwardingHandlers = ({ deps, previews }: Context) => {
  /** A refusal tells as much as a preview, the first time and when it is told again, and is counted as one. */
  const countedIfRefused = async (actor: Actor, answer: Answer<Forwarded>) => {
    const limited = isProblem(answer) && answer.problem === 'consent-missing' ? await previews.take(actor) : null;
    return limited ?? shown(answer, viewForwarded);
  };
  const replayStep = async (actor: Actor, effect: Effect) =>
    shown(await getForwardingHeader(deps, actor, idIn(effect, 'forwarding')), view.viewHeader);
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
        return countedIfRefused(actor, await forwardLaufzettel(deps, actor, param(input, 'laufzettelId'), request));
      },
      replay: async (actor, effect) => countedIfRefused(actor, await forwardedBefore(deps, actor, effect)),
    },
    getForwarding: {
      run: async (actor, input) =>
        shown(await getForwarding(deps, actor, param(input, 'forwardingId')), view.viewForwarding),
      peek: async (actor, input) =>
        shown(await peekForwarding(deps, actor, param(input, 'forwardingId')), view.viewForwarding),
    },
    listInbox: async (actor, input) =>
      shown(await listInbox(deps, actor, pageOf(input)), view.viewPage(view.viewHeader)),
    listSent: async (actor, input) => shown(await listSent(deps, actor, pageOf(input)), view.viewPage(view.viewHeader)),
    acceptForwarding: {
      run: async (actor, input) => {
        const { expectedVersion } = input.body as { expectedVersion: number };
        const accepted = await acceptForwarding(deps, actor, param(input, 'forwardingId'), expectedVersion);
        return shown(accepted, view.viewHeader);
      },
      replay: replayStep,
    },
    rejectForwarding: {
      run: async (actor, input) => {
        const { expectedVersion, code } = input.body as { expectedVersion: number; code: RejectCode };
        const rejected = await rejectForwarding(deps, actor, param(input, 'forwardingId'), expectedVersion, code);
        return shown(rejected, view.viewHeader);
      },
      replay: replayStep,
    },
  } satisfies Runs;
};
