/** Requests for a Laufzettel. */
import type { ParsedInput } from '../contract/run.ts';
import * as view from '../contract/views.ts';
import { requestedBefore, steppedBefore } from '../usecases/requested-before.ts';
import * as requests from '../usecases/requests.ts';
import { type Context, type Effecting, param, type Runs, shown } from './kit.ts';

export const requestHandlers = ({ deps, previews }: Context) => {
  const takes = (step: typeof requests.declineRequest): Effecting => ({
    run: async (actor, input) => {
      const body = input.body as Parameters<typeof requests.declineRequest>[3];
      return shown(await step(deps, actor, param(input, 'requestId'), body), view.viewRequest);
    },
    replay: async (actor, effect) => shown(await steppedBefore(deps, actor, effect), view.viewRequest),
  });
  return {
    createRequest: {
      run: async (actor, { body }) => {
        const limited = await previews.take(actor);
        if (limited !== null) return limited;
        return shown(await requests.createRequest(deps, actor, body as requests.RequestInput), view.viewRequest);
      },
      // It tells again what was told, and is counted again.
      replay: async (actor, effect) =>
        (await previews.take(actor)) ?? shown(await requestedBefore(deps, actor, effect), view.viewRequest),
    },
    listRequests: async (actor, { query }: ParsedInput) => {
      const wanted = query as unknown as Parameters<typeof requests.listRequests>[2];
      return shown(await requests.listRequests(deps, actor, wanted), view.viewPage(view.viewRequest));
    },
    getRequest: async (actor, input) =>
      shown(await requests.getRequest(deps, actor, param(input, 'requestId')), view.viewRequest),
    declineRequest: takes(requests.declineRequest),
    withdrawRequest: takes(requests.withdrawRequest),
  } satisfies Runs;
};
