/** Requests for a Laufzettel. */
import * as view from '../contract/views.ts';
import * as requests from '../usecases/requests.ts';
import { type Context, param, type Runs, shown } from './kit.ts';

export const requestHandlers = ({ deps, previews }: Context) =>
  ({
    createRequest: async (actor, { body }) => {
      const limited = await previews.take(actor);
      if (limited !== null) return limited;
      return shown(await requests.createRequest(deps, actor, body as requests.RequestInput), view.viewRequest);
    },
    listRequests: async (actor, { query }) => {
      const wanted = query as unknown as Parameters<typeof requests.listRequests>[2];
      return shown(await requests.listRequests(deps, actor, wanted), view.viewPage(view.viewRequest));
    },
    getRequest: async (actor, input) =>
      shown(await requests.getRequest(deps, actor, param(input, 'requestId')), view.viewRequest),
    declineRequest: async (actor, input) => {
      const body = input.body as Parameters<typeof requests.declineRequest>[3];
      return shown(await requests.declineRequest(deps, actor, param(input, 'requestId'), body), view.viewRequest);
    },
    withdrawRequest: async (actor, input) => {
      const body = input.body as Parameters<typeof requests.withdrawRequest>[3];
      return shown(await requests.withdrawRequest(deps, actor, param(input, 'requestId'), body), view.viewRequest);
    },
  }) satisfies Runs;
